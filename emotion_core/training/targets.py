"""What a run teaches its network: labels, annotators' votes and other models' answers, blended."""

from collections.abc import Sequence

import numpy as np

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.ferplus import soft_labels
from emotion_core.evaluation.metrics import predict
from emotion_core.experiments.config import RunConfig
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.faces.classifier import Classifier, positions


def training_targets(rows: FaceDataset, config: RunConfig, teachers: Sequence[ModelFolder]) -> np.ndarray:
    """float32 [N, 7], rows that add up to 1: `soft_labels`, blended with the mean of the teachers' calibrated
    probabilities for each face and its mirror image (Hinton et al. 2015, https://arxiv.org/abs/1503.02531)."""
    targets = soft_labels(rows.labels, rows.votes, config.ferplus_weight, config.label_smoothing)
    if not teachers or not config.teacher_weight:
        return targets
    answers = np.zeros_like(targets)
    for number, teacher in enumerate(teachers, start=1):
        print(f"asking teacher {number} of {len(teachers)}: {teacher.name}", flush=True)
        classifier = Classifier(teacher)
        answers[:, positions(classifier.labels)] += predict(classifier, rows, flip=True) / len(teachers)
    return ((1 - config.teacher_weight) * targets + config.teacher_weight * answers).astype(np.float32)
