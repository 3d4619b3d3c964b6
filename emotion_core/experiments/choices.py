"""What the settings of a run that are names or steps can be, and what each choice means."""

ARCHITECTURES = {
    "baseline": "The first network: three convolutions and two dense layers, seconds an epoch.",
    "residual_small": "Small residual network for quick retraining: better than baseline, a few times its work.",
    "residual": "Deeper residual network, still real-time: the one behind the shipped model; hours to train.",
}
OPTIMIZERS = {
    "adam": "Adapts the step of every weight: learns fast, with learning rates about 0.001.",
    "sgd": "Nesterov momentum 0.9: slower, often better in long runs, with learning rates about 0.05.",
}
SIZES = {24: "A quarter of the time.", 32: "Half of the time.", 40: "Two thirds of the time.", 48: "FER2013's own."}
PRECISIONS = {
    "float32": "Exact, as fast on any processor.",
    "bfloat16": "Half as fast again on processors that know it (AVX-512 BF16, AMX), slower on others.",
}
SCHEDULES = {
    "constant": "The same learning rate throughout.",
    "cosine": "Falls along half a cosine wave to zero at the last epoch.",
    "one-cycle": "Rises for a tenth of the time, then falls along half a cosine wave to zero.",
}
