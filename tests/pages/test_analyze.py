"""The analyze page."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from emotion_core.emotions import EMOTIONS
from emotion_core.limits import OWNER
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.faces.analyzer import FaceAnalyzer
from emotion_core.vision.faces.profile import Profile, relative, take_of
from emotion_core.vision.live.personal_answers import PersonalAnswers
from emotion_core.vision.media import uploads
from emotion_core.vision.media.example import read_example
from emotion_core.vision.media.uploads import Analysis
from emotion_core.vision.media.video_writer import VideoWriter
from emotion_core.wording import literal, plain_name
from pages.components import analyses
from tests.browser.camera import two_faces
from tests.pages.steps import charts, labelled, open_page, png
from tests.support import hostile_videos
from tests.support.clips import example_clip


def test_the_example_is_one_click_away_with_its_credit() -> None:
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    assert not at.exception
    assert labelled(at.toggle, "Explain").label
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
    table, gallery = at.dataframe[0].value, at.dataframe[1].value
    assert gallery["picture"].tolist() == ["face.png", "wall.png"] and gallery["remarks"].iloc[1] == "no face"
    assert gallery["face"].iloc[0].startswith("data:image/png"), "each face is shown"
    assert len(charts(at)) == 1, "one of them is open"
    assert table["path"].unique().tolist() == ["face.png", "broken.jpg", "wall.png"]
    assert table[list(EMOTIONS)].iloc[0].sum() == pytest.approx(1, abs=0.001)
    assert [button.label for button in at.get("download_button")] == [
        "Table (CSV)",
        "Table (Parquet)",
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

    monkeypatch.setattr("pages.components.analyses.analyze_upload", interrupted)
    labelled(at.selectbox, "Detector").set_value("cascade").run()
    monkeypatch.setattr("pages.components.analyses.analyze_upload", watched)
    at.run()
    assert not at.exception and analyzed == ["interrupted", "CascadeDetector"]


def test_a_video_gets_a_time_line(tmp_path: Path, example: np.ndarray) -> None:
    at = open_page("analyze")
    clip = example_clip(tmp_path / "clip.mp4", example).read_bytes()
    labelled(at.file_uploader, "Pictures or videos").upload("clip.mp4", clip, "video/mp4").run()
    assert not at.exception
    assert any("person" in words.value and "face" not in words.value for words in at.markdown), "not its 5 samples"
    lines = charts(at)[0]["data"]
    assert [line["name"] for line in lines] == list(EMOTIONS), "one person needs no lanes"
    assert any("shares of the time" in html.proto.body for html in at.get("html"))
    words = [image.caption for images in at.get("image") for image in images.proto.imgs]
    assert any(word.startswith("happy 9") for word in words), words
    assert "Annotated video" in [button.label for button in at.get("download_button")]


@pytest.mark.parametrize("name", ["![x](http://evil/x.png).png", "<b>_a_</b>.png", "=cmd.png", "x" * 300 + ".png"])
def test_a_strangers_name_is_shown_as_it_stands(name: str) -> None:
    at = open_page("analyze")
    labelled(at.file_uploader, "Pictures or videos").upload(name, b"no picture", "image/png").run()
    assert not at.exception
    shown = literal(plain_name(name))
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
    shown = [image.caption for images in at.get("image") for image in images.proto.imgs]
    assert not at.exception and shown == ["What the network saw"], "no annotated picture"
    assert any("is not kept" in warning.value for warning in at.warning)
    assert len(next(frame.value for frame in at.dataframe if "happy" in frame.value)) == 1


def test_a_profile_recorded_on_the_live_page_serves_pictures_with_one_face(
    shipped: ModelFolder, example: np.ndarray
) -> None:
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    (plain,) = (made.analysis for made in at.session_state.analyses.values())
    assert not [toggle for toggle in at.toggle if toggle.key == "profile_here"], "nothing to switch"
    (face,) = plain.faces
    personal = PersonalAnswers()
    personal.use(Profile(shipped, [take_of("neutral", [face], shipped.labels)]))
    at.session_state.stream = SimpleNamespace(pipeline=SimpleNamespace(personal=personal))
    at.run()
    (with_it,) = (made.analysis for made in at.session_state.analyses.values())
    assert with_it.faces[0].has_profile and with_it.records[0]["faces"][0]["profile"] is True
    assert with_it.faces[0].probabilities["neutral"] > face.probabilities["neutral"]
    at.toggle(key="profile_here").set_value(False).run()
    (again,) = (made.analysis for made in at.session_state.analyses.values())
    assert again.records == plain.records


def film_of_two(path: Path) -> bytes:
    """Two faces beside each other, which stay where they are."""
    with VideoWriter(path) as writer:
        for number, frame in enumerate(two_faces()[:20]):
            writer.write(frame, number / 10)
    return path.read_bytes()


def test_persons_have_lanes_and_are_merged_by_name(tmp_path: Path) -> None:
    at = open_page("analyze")
    labelled(at.file_uploader, "Pictures or videos").upload(
        "two.mp4", film_of_two(tmp_path / "two.mp4"), "video/mp4"
    ).run()
    assert not at.exception
    lane = charts(at)[0]["data"][0]
    assert lane["orientation"] == "h" and set(lane["y"]) == {"person 1", "person 2"}
    assert labelled(at.selectbox, "Person").options == ["person 1", "person 2"]
    table = next(frame.value for frame in at.dataframe if "uncertain" in frame.value)
    assert set(table["person"]) == {1, 2} and set(table["face"]) == {1, 2} and (table["model"] != "").all()
    (key,) = at.session_state.analyses
    at.session_state.person_names = {key: {1: "Ada", 2: "Ada"}}
    at.run()
    table = next(frame.value for frame in at.dataframe if "uncertain" in frame.value)
    assert set(table["person"]) == {1} and set(table["name"]) == {"Ada"}
    assert labelled(at.selectbox, "Person").options == ["1: Ada"]


def test_results_stay_without_their_files_until_they_are_forgotten(example: np.ndarray) -> None:
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    at.session_state.example = None  # as an upload is gone after a look at another page
    at.run()
    assert len(charts(at)) == 1 and "1 face in 1 file" in at.markdown[1].value
    labelled(at.button, "Forget the results").click().run()
    assert not charts(at) and not at.session_state.analyses


def test_a_video_that_is_stopped_keeps_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The click comes while the page is at work: what Streamlit does then is to end the run and begin another."""
    clip, at = film_of_two(tmp_path / "two.mp4"), open_page("analyze")

    def click(self: analyses._Progress, share: float) -> None:
        if share > 0.4:
            analyses._stop()
            st.rerun()

    monkeypatch.setattr(analyses._Progress, "show", click)
    labelled(at.file_uploader, "Pictures or videos").upload("two.mp4", clip, "video/mp4").run()
    assert not at.exception and any("Stopped after 1 seconds" in warning.value for warning in at.warning)
    times = next(frame.value for frame in at.dataframe if "uncertain" in frame.value)["time"]
    assert 0.6 <= times.max() <= 1.2
    at.run()
    assert any("Stopped after" in warning.value for warning in at.warning), "it does not begin again"


def test_a_moment_is_taken_for_a_persons_neutral_face(tmp_path: Path) -> None:
    at, film = open_page("analyze"), film_of_two(tmp_path / "two.mp4")
    labelled(at.file_uploader, "Pictures or videos").upload("two.mp4", film, "video/mp4").run()

    def table() -> pd.DataFrame:
        return next(frame.value for frame in at.dataframe if "uncertain" in frame.value)

    before, lines = table(), len(charts(at))
    assert not before["profile"].any() and set(before["emotion"]) == {"happy"}
    labelled(at.button, "At 0.0 s this is the person's neutral face").click().run()
    assert not at.exception
    after = table()
    of_first = after["person"] == 1
    assert after.loc[of_first, "profile"].all() and not after.loc[~of_first, "profile"].any()
    assert set(after.loc[of_first, "emotion"]) == {"neutral"}, "a face that smiles at rest"
    assert after[~of_first].equals(before[~of_first]) and len(charts(at)) == lines + 1, "before and after"
    labelled(at.button, "Take it back").click().run()
    assert table().equals(before)


def test_a_face_of_a_picture_is_taken_for_the_neutral_one(shipped: ModelFolder) -> None:
    at = open_page("analyze")
    labelled(at.button, "Try the example picture").click().run()
    (plain,) = (made.analysis.faces[0] for made in at.session_state.analyses.values())
    labelled(at.button, "This is the person's neutral face").click().run()
    assert not at.exception
    (made,) = at.session_state.analyses.values()
    (face,) = made.analysis.faces
    profile = Profile(shipped, [take_of("neutral", [plain], shipped.labels)])
    assert face.has_profile and face.emotion == "neutral"
    assert face.probabilities == pytest.approx(relative(plain, profile, 0.5).probabilities, abs=1e-3)
    assert not [button for button in at.button if button.label.startswith("This is the person")], "once is enough"
    labelled(at.button, "Forget it").click().run()
    (made,) = at.session_state.analyses.values()
    assert made.analysis.faces[0].probabilities == plain.probabilities
