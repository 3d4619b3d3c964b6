"""Measurements of accuracy, speed and memory that anyone can repeat: `python -m benchmarks.NAME --help`.

Accuracy, on labelled faces or photographs:
    accuracy           everything the model card claims
    parity             the same answers behind a detector as on the data set
    detection          how many faces each detector finds
    robustness         what blur, noise and darkness cost
    blur               how sharp a face must be
    thresholds         one threshold for uncertain answers, or one for each emotion
    personal           what a person's profile is worth
    profile_settings   the same, its settings chosen without the person
Choices:
    crop, framing      how a face is cut out
    cascade_settings   how the cascade searches
    stability          how fast answers are smoothed
    appearance         how soon a new face is followed
Speed and memory:
    latency            a live frame, part by part (`make benchmark`)
    live               the live page's work on moving faces
    streaming          the live page in real browsers
    capacity           how many visitors one server serves
    video              videos with known people: speed, and whether they keep their numbers
    batch              thousands of pictures into one table, also killed and resumed
    cluster            the same on a Ray cluster that loses a node
    fuzz               changed files of ten kinds: no crash, no hang
    rerun              the live page's script while a training runs
    footprint          memory of the server, page by page
    soak               an hour of visitors
    training           the input pipeline
    training_memory    memory of a training, stage by stage

Modules that begin with an underscore are helpers of these.
"""
