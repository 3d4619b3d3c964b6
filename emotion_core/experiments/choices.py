"""What the settings of a run that are names or steps can be, and what each choice means."""

ARCHITECTURES = {
    "baseline": "The first network: three convolutions and two dense layers, seconds an epoch.",
    "residual_small": "Small residual network: more accurate than baseline, a few times the computation.",
    "residual": "Deeper residual network, still fast enough for live video. The shipped model uses it.",
}
OPTIMIZERS = {
    "adam": "Adapts the step of every weight: learns fast, with learning rates about 0.001.",
    "sgd": "Nesterov momentum 0.9: slower, often better in long runs, with learning rates about 0.05.",
}
SIZES = {
    32: "Epochs at this size take about three fifths as long as at 48.",
    40: "Epochs at this size take about seven tenths as long as at 48.",
    48: "The native size of FER2013: no growth.",
}
PRECISIONS = {
    "float32": "Standard precision. Works well on every processor.",
    "bfloat16": "Mixed precision. About 1.5 times as fast on processors with AVX-512 BF16 or AMX, slower on others.",
}
SCHEDULES = {
    "cosine": "Falls along half a cosine wave to zero at the last epoch.",
    "one-cycle": "Rises for a tenth of the time, then falls along half a cosine wave to zero.",
}
