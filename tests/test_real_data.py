"""What was promised about FER2013, measured on it. Most of these tests want FER2013_DATA."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks._pasting import Scene, load_scenes, sample_rows
from benchmarks.parity import measure_parity
from emotion_core.datasets import FaceDataset
from emotion_core.datasets.split import copied_rows, split_for_training, train_validation_split
from emotion_core.evaluation.comparison import unseen_rows
from emotion_core.evaluation.metrics import measure_rows, predict
from emotion_core.registry.model_folder import ModelFolder, open_model
from emotion_core.vision.detection.available import new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.classifier import Classifier


@pytest.fixture(scope="module")
def training(fer2013: FaceDataset) -> FaceDataset:
    return fer2013.select("train")


@pytest.fixture(scope="module")
def scenes(fer2013_folder: Path, example: np.ndarray) -> list[Scene]:
    """The photographs beside FER2013 where there are some, else the example picture, its own face cut off."""
    folder = fer2013_folder / "scenes"
    return load_scenes(folder) if folder.is_dir() else [Scene(np.ascontiguousarray(example[::-1]))]


def test_the_split_has_the_promised_sizes_and_no_leak(training: FaceDataset) -> None:
    assert len(training) == 28_709
    rows, kept_back = train_validation_split(training, 0.2, seed=0)
    assert abs(len(rows) - 22_968) <= 5 and abs(len(kept_back) - 5_741) <= 5
    assert not set(training.picture_ids[rows]) & set(training.picture_ids[kept_back])


def test_training_rows_that_are_copies_of_public_test_are_not_learnt(fer2013: FaceDataset) -> None:
    assert copied_rows(fer2013).sum() == 351
    learnt, validation = split_for_training(fer2013, 0.1, seed=0)
    assert len(learnt) + len(validation) == 28_709 - 351
    test = {face.tobytes() for face in fer2013.select("public_test").images}
    assert not test & {face.tobytes() for part in (learnt, validation) for face in part.images}


def test_the_shipped_models_card_tells_the_truth(fer2013: FaceDataset, shipped: ModelFolder) -> None:
    classifier = Classifier(shipped)
    measured = {"validation": unseen_rows(fer2013, shipped), "public_test": fer2013.select("public_test")}
    for split, rows in measured.items():
        report, claimed = measure_rows(classifier, rows, predict(classifier, rows)), shipped.card.metrics[split]
        assert report.accuracy == pytest.approx(claimed.accuracy, abs=0.001)
        assert report.ece == pytest.approx(claimed.ece, abs=0.003)
        assert report.ferplus.accuracy == pytest.approx(claimed.ferplus.accuracy, abs=0.001)


def test_baseline_reaches_the_promised_accuracy(fer2013: FaceDataset, shipped: ModelFolder) -> None:
    baseline = open_model(shipped.path.parent / "baseline")
    classifier = Classifier(baseline)
    for rows in (unseen_rows(fer2013, baseline), fer2013.select("public_test")):
        assert (predict(classifier, rows).argmax(axis=1) == rows.labels).mean() >= 0.58


@pytest.mark.parametrize(("detector", "landmarks", "tilt"), [("cascade", False, 0), ("blazeface", True, 20)])
def test_behind_a_detector_the_network_is_as_good_as_on_the_data_set(
    fer2013: FaceDataset, scenes: list[Scene], shipped: ModelFolder, detector: str, landmarks: bool, tilt: float
) -> None:
    # Another seed than the benchmark's, whose rows chose the crop. Nine in ten answers agree, so on 150 faces the two
    # accuracies differ by chance with a standard deviation of 2.6 points; without alignment, a tilt costs up to twelve.
    # The cascade takes five times as long for a picture, and gets a third of the faces.
    rows = sample_rows(unseen_rows(fer2013, shipped), 50 if detector == "cascade" else 150, seed=7)
    classifier = Classifier(shipped)
    parity = measure_parity(
        rows, scenes, new_detector(detector), classifier, LandmarkDetector() if landmarks else None, tilt
    )
    assert parity.found / parity.pasted >= 0.75
    assert parity.behind >= parity.direct - 0.05
