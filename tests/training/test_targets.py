"""What networks are taught."""

import numpy as np

from emotion_core.datasets import FaceDataset
from emotion_core.evaluation.metrics import predict
from emotion_core.experiments.config import RunConfig
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.training.targets import training_targets
from emotion_core.vision.faces.classifier import Classifier


def test_labels_and_the_mean_of_the_teachers_answers_are_blended(sample: FaceDataset, tiny_model: ModelFolder) -> None:
    rows = sample.select("test")
    config = RunConfig(data="sample", teachers="a,b", teacher_weight=0.25)
    answers = predict(Classifier(tiny_model), rows, flip=True)
    expected = 0.75 * np.eye(7)[rows.labels] + 0.25 * answers
    for teachers in ([tiny_model], [tiny_model, tiny_model]):
        assert np.allclose(training_targets(rows, config, teachers), expected, atol=1e-6)


def test_without_teachers_only_labels_count(sample: FaceDataset, tiny_model: ModelFolder) -> None:
    rows = sample.select("test")
    truth = np.eye(7)[rows.labels]
    assert np.array_equal(training_targets(rows, RunConfig(data="sample"), []), truth)
    ignored = RunConfig(data="sample", teachers="a", teacher_weight=0)
    assert np.array_equal(training_targets(rows, ignored, [tiny_model]), truth)
