"""The analyze page."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import streamlit as st

from emotion_core.emotions import EMOTIONS
from emotion_core.limits import OWNER
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.profile import Profile, take_of
from emotion_core.vision.live.personal_answers import PersonalAnswers
from emotion_core.vision.media import uploads
from emotion_core.vision.media.example import read_example
from emotion_core.vision.media.uploads import Analysis
from emotion_core.wording import literal, plain_name
from tests.pages.steps import charts, labelled, open_page, png
from tests.support import hostile_videos
from tests.support.clips import example_clip


def test_the_example_is_one_click_away_with_its_credit() -> None:
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    assert not at.exception
    assert any("NASA" in caption.value for caption in at.caption)
    assert len(charts(at)) == 1
    assert len(at.dataframe[0].value) >= 1


def test_pictures_good_and_bad_together() -> None:
    at = open_page("analyze")
    labelled(at.file_uploader, "Pictures or videos").upload("face.png", read_example(), "image/png")
    labelled(at.file_uploader, "Pictures or videos").upload("broken.jpg", b"no picture", "image/jpeg")
    labelled(at.file_uploader, "Pictures or videos").upload(
        "wall.png", png(np.full((200, 300), 90, np.uint8)), "image/png"
    )
    at.run()
    assert not at.exception
    assert [error.value for error in at.error] == ["broken.jpg is not a picture in a known format."]
    assert "No face was found" in at.info[0].value
    table = at.dataframe[0].value
    assert table["path"].unique().tolist() == ["face.png", "broken.jpg", "wall.png"]
    assert table[list(EMOTIONS)].iloc[0].sum() == pytest.approx(1, abs=0.001)
    assert [button.label for button in at.get("download_button")] == [
        "Table (CSV)",
        "Table (JSON)",
        "Annotated files (.zip)",
    ]
    assert all(button.proto.ignore_rerun for button in at.get("download_button")), "a rerun would revoke its address"


def test_a_click_while_it_works_leaves_no_answer_of_the_other_finder(monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    analyze, analyzed = uploads.analyze_upload, list[str]()

    def interrupted(*_: object, **__: object) -> Analysis:
        analyzed.append("interrupted")
        st.stop()

    def watched(name: str, data: bytes, analyzer: FaceAnalyzer, **rest: Any) -> Analysis:
        analyzed.append(type(analyzer.detector).__name__)
        return analyze(name, data, analyzer, **rest)

    monkeypatch.setattr(uploads, "analyze_upload", interrupted)
    labelled(at.selectbox, "Face detector").set_value("cascade").run()
    monkeypatch.setattr(uploads, "analyze_upload", watched)
    at.run()
    assert not at.exception and analyzed == ["interrupted", "CascadeDetector"]


def test_a_video_gets_a_time_line(tmp_path: Path, example: np.ndarray) -> None:
    at = open_page("analyze")
    clip = example_clip(tmp_path / "clip.mp4", example).read_bytes()
    labelled(at.file_uploader, "Pictures or videos").upload("clip.mp4", clip, "video/mp4").run()
    assert not at.exception
    lines = charts(at)[0]["data"]
    assert [line["name"] for line in lines] == list(EMOTIONS)
    assert "Annotated video" in [button.label for button in at.get("download_button")]


@pytest.mark.parametrize("name", ["![x](http://evil/x.png).png", "<b>_a_</b>.png", "=cmd.png", "x" * 300 + ".png"])
def test_a_strangers_name_is_shown_as_it_stands(name: str) -> None:
    at = open_page("analyze")
    labelled(at.file_uploader, "Pictures or videos").upload(name, b"no picture", "image/png").run()
    assert not at.exception
    shown = literal(plain_name(name))
    assert at.subheader[0].value == shown
    assert at.error[0].value == f"{shown} is not a picture in a known format."
    assert not at.dataframe[0].value["path"].str.startswith("=").any()


def test_the_limits_of_the_visitor_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_MODE", "public")
    at = open_page("analyze")
    large = hostile_videos.repeated("mp4", "mpeg4", [0], 10, 4_096, 2_160, True)
    labelled(at.file_uploader, "Pictures or videos").upload("clip.mp4", large, "video/mp4").run()
    assert not at.exception
    assert "the limit of 2.1 million pixels" in at.error[0].value


def test_results_beyond_the_quota_keep_their_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.components.access.OWNER", replace(OWNER, visitor_results_mib=0.01))
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    assert not at.exception and not at.get("imgs")
    assert any("is not kept" in warning.value for warning in at.warning)
    assert len(next(frame.value for frame in at.dataframe if "happy" in frame.value)) == 1


def test_a_profile_recorded_on_the_live_page_serves_pictures_with_one_face(
    shipped: ModelFolder, example: np.ndarray
) -> None:
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    (plain,) = at.session_state.analyses.values()
    assert not [toggle for toggle in at.toggle if toggle.key == "profile_here"], "nothing to switch"
    (face,) = plain.faces
    personal = PersonalAnswers()
    personal.use(Profile(shipped, [take_of("neutral", [face], shipped.labels)]))
    at.session_state.stream = SimpleNamespace(pipeline=SimpleNamespace(personal=personal))
    at.run()
    (with_it,) = at.session_state.analyses.values()
    assert with_it.faces[0].has_profile and with_it.records[0]["faces"][0]["profile"] is True
    assert with_it.faces[0].probabilities["neutral"] > face.probabilities["neutral"]
    at.toggle(key="profile_here").set_value(False).run()
    (again,) = at.session_state.analyses.values()
    assert again.records == plain.records
