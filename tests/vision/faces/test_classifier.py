import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from emotion_core.datasets import FaceDataset
from emotion_core.emotions import EMOTIONS
from emotion_core.registry.model_folder import ModelError, ModelFolder
from emotion_core.vision.detection.haar import CascadeDetector
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.classifier import Classifier


def test_probabilities_add_up_and_do_not_depend_on_the_batch(classifier: Classifier, sample: FaceDataset) -> None:
    faces = sample.images[:130]
    together = classifier.predict(faces)
    assert together.shape == (130, 7)
    assert np.allclose(together.sum(axis=1), 1, atol=1e-3)
    alone = np.concatenate([classifier.predict(face[np.newaxis]) for face in faces[:10]])
    assert np.allclose(together[:10], alone, atol=1e-4)
    assert classifier.predict(faces[:0]).shape == (0, 7)


def test_threads_share_it_without_mixing(classifier: Classifier, sample: FaceDataset) -> None:
    batches = [sample.images[start : start + 1 + start % 3] for start in range(60)]
    expected = [classifier.predict(batch) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(classifier.predict, batches))
    assert all(np.allclose(a, b, atol=1e-4) for a, b in zip(answers, expected, strict=True))


def test_the_labels_come_from_the_card(tiny_model: ModelFolder, tmp_path: Path, example: np.ndarray) -> None:
    folder = Path(shutil.copytree(tiny_model.path, tmp_path / "turned"))
    card = json.loads((folder / "card.json").read_text())
    card["labels"] = card["labels"][::-1]
    (folder / "card.json").write_text(json.dumps(card))
    usual, turned = (FaceAnalyzer(CascadeDetector(), Classifier.load(path)) for path in (tiny_model.path, folder))
    right, wrong = usual.analyze(example)[0], turned.analyze(example)[0]
    assert wrong.emotion == EMOTIONS[::-1][EMOTIONS.index(right.emotion)]


@pytest.mark.parametrize("faces", [np.zeros((48, 48), np.uint8), np.zeros((1, 48, 48), np.float32)])
def test_wrong_input_is_refused(faces: np.ndarray, classifier: Classifier) -> None:
    with pytest.raises(ValueError, match="uint8"):
        classifier.predict(faces)


def test_a_file_that_is_no_network_gets_a_sentence(tiny_model: ModelFolder, tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(b"no network")
    with pytest.raises(ModelError, match="cannot be loaded"):
        Classifier(ModelFolder(tmp_path, tiny_model.card))
