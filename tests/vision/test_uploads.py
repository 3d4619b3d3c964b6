import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emotion_core.emotions import EMOTIONS
from emotion_core.images import read_rgb
from emotion_core.vision.analyzer import FaceAnalyzer
from emotion_core.vision.cascade import CascadeDetector
from emotion_core.vision.classifier import Classifier
from emotion_core.vision.example import EXAMPLE_NAME, read_example
from emotion_core.vision.uploads import analyze_upload, to_csv, to_json, to_zip
from tests.vision.clips import example_clip


@pytest.fixture(scope="module")
def analyzer(classifier: Classifier) -> FaceAnalyzer:
    return FaceAnalyzer(CascadeDetector(), classifier)


def test_a_picture_gives_faces_a_drawing_and_tables(analyzer: FaceAnalyzer) -> None:
    analysis = analyze_upload(EXAMPLE_NAME, read_example(), analyzer)
    assert analysis.error is None and analysis.face_count >= 1
    assert read_rgb(analysis.annotated).shape == (512, 512, 3)
    assert analysis.annotated_name == "astronaut_emotions.jpg"

    table = pd.read_csv(io.StringIO(to_csv([analysis])))
    assert len(table) == analysis.face_count
    assert np.allclose(table[list(EMOTIONS)].sum(axis=1), 1, atol=0.001)
    record = json.loads(to_json([analysis]))
    assert record["faces"][0]["box"] == table.loc[0, ["x", "y", "width", "height"]].tolist()


def test_a_video_gives_a_time_line_and_a_video(tmp_path: Path, example: np.ndarray, analyzer: FaceAnalyzer) -> None:
    clip = example_clip(tmp_path / "clip.mp4", example, seconds=1)
    told: list[float] = []
    analysis = analyze_upload("holiday.MP4", clip.read_bytes(), analyzer, told.append)
    assert analysis.is_video and analysis.annotated_name == "holiday_emotions.mp4"
    assert analysis.table["time"].is_monotonic_increasing and analysis.table["time"].iloc[-1] == pytest.approx(0.8)
    assert told == sorted(told) and told[0] >= 0 and told[-1] <= 1
    assert b"ftyp" in analysis.annotated[:12]


@pytest.mark.parametrize("name", ["notes.jpg", "clip.mp4", "../../clip.mp4"])
def test_what_cannot_be_read_gets_one_sentence_that_names_it(name: str, analyzer: FaceAnalyzer) -> None:
    analysis = analyze_upload(name, b"neither picture nor video", analyzer)
    assert analysis.error is not None and analysis.error.count("\n") == 0
    assert Path(name).name in analysis.error
    assert "error" in to_csv([analysis]) and analysis.error in to_csv([analysis])
    assert analysis.annotated == b""


def test_equal_names_stay_apart_in_the_archive(analyzer: FaceAnalyzer) -> None:
    twice = [analyze_upload(EXAMPLE_NAME, read_example(), analyzer) for _ in range(2)]
    with zipfile.ZipFile(io.BytesIO(to_zip(twice))) as archive:
        assert len(set(archive.namelist())) == 2
