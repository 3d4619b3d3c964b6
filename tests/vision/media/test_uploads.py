import io
import json
import logging
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from emotion_core.emotions import EMOTIONS
from emotion_core.exports import to_csv
from emotion_core.images import read_rgb
from emotion_core.limits import OWNER, VISITOR
from emotion_core.vision.detection.haar import CascadeDetector
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.media import uploads
from emotion_core.vision.media.example import EXAMPLE_NAME, read_example
from emotion_core.vision.media.uploads import Analysis, analyze_upload, to_json, to_zip
from tests.support import hostile_videos
from tests.support.clips import example_clip


@pytest.fixture(scope="module")
def analyzer(classifier: Classifier) -> FaceAnalyzer:
    return FaceAnalyzer(CascadeDetector(), classifier)


def test_a_picture_gives_faces_a_drawing_and_tables(analyzer: FaceAnalyzer) -> None:
    analysis = analyze_upload(EXAMPLE_NAME, read_example(), analyzer)
    assert analysis.error is None and analysis.face_count >= 1
    assert read_rgb(analysis.annotated).shape == (512, 512, 3)
    assert analysis.annotated_name == "astronaut_emotions.jpg"

    table = pd.read_csv(io.StringIO(to_csv(analysis.table)))
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
    assert "error" in to_csv(analysis.table) and analysis.error in to_csv(analysis.table)
    assert analysis.annotated == b""


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("secret place"), IndexError()])
@pytest.mark.parametrize("name", ["face.png", "clip.mp4"])
def test_whatever_goes_wrong_the_visitor_gets_a_sentence_and_the_log_the_rest(
    name: str,
    error: Exception,
    analyzer: FaceAnalyzer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(analyzer, "analyze", fail)
    content = hostile_videos.plain(count=2) if name == "clip.mp4" else read_example()
    with caplog.at_level(logging.ERROR):
        analysis = analyze_upload(name, content, analyzer)
    assert analysis.error is not None and analysis.error.startswith(name) and "secret" not in analysis.error
    assert isinstance(error, MemoryError) or "Traceback" in caplog.text


def test_a_visitor_who_leaves_is_not_taken_for_an_error(analyzer: FaceAnalyzer) -> None:
    class Left(BaseException):
        """As Streamlit ends a script."""

    def leave(share: float) -> None:
        raise Left

    content = hostile_videos.plain(count=2)
    with pytest.raises(Left):
        analyze_upload("clip.mp4", content, analyzer, leave)
    assert analyze_upload("clip.mp4", content, analyzer).error is None, "the next one can begin"


def test_a_file_above_the_limit_is_refused(analyzer: FaceAnalyzer) -> None:
    analysis = analyze_upload("a.png", bytes(2**20 + 1), analyzer, limits=replace(OWNER, file_mib=1))
    assert analysis.error == "a.png is larger than 1 MiB."


def test_the_limits_of_a_video_hold_and_its_note_is_kept(analyzer: FaceAnalyzer) -> None:
    content = hostile_videos.plain(count=20)
    analysis = analyze_upload("a.mp4", content, analyzer, limits=replace(VISITOR, video_frames=5))
    assert len(analysis.records) == 3 and analysis.note.endswith("of one video, 5 frames are read.")


def test_videos_are_analyzed_one_at_a_time_and_those_who_wait_are_told(analyzer: FaceAnalyzer) -> None:
    waiting, done = threading.Event(), list[str]()
    content = hostile_videos.plain(count=2)

    def second() -> None:
        analyze_upload("second.mp4", content, analyzer, on_wait=waiting.set)
        done.append("second")

    def hold(share: float) -> None:
        if not waiting.is_set():
            thread.start()
            assert waiting.wait(30)

    thread = threading.Thread(target=second)
    analyze_upload("first.mp4", content, analyzer, hold)
    done.append("first")
    thread.join(30)
    assert sorted(done) == ["first", "second"] and not uploads._one_video.locked()


@pytest.mark.parametrize(
    ("name", "shown", "annotated"),
    [
        ("..\\..\\evil.png", "evil.png", "evil_emotions.jpg"),
        ("../../evil.png", "evil.png", "evil_emotions.jpg"),
        ("a" * 300 + ".png", "a" * 50 + "…" + "a" * 25 + ".png", "a" * 50 + "…" + "a" * 25 + "_emotions.jpg"),
        ("b\0\n\u202egnp.png", "bgnp.png", "bgnp_emotions.jpg"),
    ],
    ids=["folders of Windows", "folders", "long", "unprinted"],
)
def test_a_name_can_name_other_files(name: str, shown: str, annotated: str, analyzer: FaceAnalyzer) -> None:
    analysis = analyze_upload(name, read_example(), analyzer)
    assert (analysis.name, analysis.annotated_name) == (shown, annotated)
    assert analysis.records[0]["path"] == shown
    with zipfile.ZipFile(io.BytesIO(to_zip([analysis]))) as archive:
        assert archive.namelist() == [annotated]


def test_a_name_is_no_formula_in_the_table(analyzer: FaceAnalyzer) -> None:
    analysis = analyze_upload("=HYPERLINK(1).png", read_example(), analyzer)
    assert pd.read_csv(io.StringIO(to_csv(analysis.table)))["path"].tolist() == ["'=HYPERLINK(1).png"]


def test_equal_names_stay_apart_in_the_archive() -> None:
    names = ["3_a.jpg", "a.jpg", "a.png", "A.jpg", "a_emotions-2.jpg", "a.mp4"]
    made = [Analysis(name, name.endswith(".mp4"), (), annotated=name.encode()) for name in names]
    with zipfile.ZipFile(io.BytesIO(to_zip(made))) as archive:
        assert len({name.lower() for name in archive.namelist()}) == len(names)
        assert [archive.read(name).decode() for name in archive.namelist()] == names
        assert archive.namelist()[:3] == ["3_a_emotions.jpg", "a_emotions.jpg", "a_emotions-2.jpg"]


def test_a_large_picture_is_drawn_in_its_own_size_and_shown_smaller(
    example: np.ndarray, analyzer: FaceAnalyzer, encoded: Callable[[np.ndarray], bytes]
) -> None:
    wide = np.zeros((512, 2_000, 3), np.uint8)
    wide[:, -512:] = example
    analysis = analyze_upload("wide.png", encoded(wide), analyzer)
    box = analysis.faces[0].box
    assert box.x > 1_500 and analysis.records[0]["width"] == 2_000
    drawn = read_rgb(analysis.annotated)
    assert drawn.shape == wide.shape and read_rgb(analysis.shown).shape == (410, 1_600, 3)
    changed = np.abs(drawn.astype(int) - wide).max(axis=2)
    assert np.flatnonzero(changed.mean(axis=0) > 20).min() == pytest.approx(box.x, abs=5)
    assert np.flatnonzero(changed.mean(axis=1) > 10).max() == pytest.approx(box.y + box.height, abs=5)
    of_a_visitor = analyze_upload("wide.png", encoded(wide), analyzer, limits=VISITOR)
    assert read_rgb(of_a_visitor.annotated).shape == (410, 1_600, 3) and not of_a_visitor.shown


@pytest.fixture
def encoded() -> Callable[[np.ndarray], bytes]:
    """As a PNG file."""

    def encode(image: np.ndarray) -> bytes:
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "PNG")
        return buffer.getvalue()

    return encode
