"""Results on the analyze page: until when they hold, and what is asked of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from emotion_core.registry.model_folder import ModelFolder
from emotion_core.vision.detection.available import PICTURE_DETECTOR
from emotion_core.vision.faces.analyzer import new_analyzer
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import Profile, take_of
from emotion_core.vision.media.example import read_example
from emotion_core.vision.media.uploads import Analysis, analyze_upload
from emotion_core.vision.media.video_sampling import SAMPLES_PER_SECOND
from pages.components.analyses import Made
from tests.pages.steps import PROJECT, labelled, table_with
from tests.pages.test_analyze import film_of_two


@pytest.fixture(scope="module")
def film(shipped: ModelFolder, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    content = film_of_two(tmp_path_factory.mktemp("film") / "two.mp4")
    return analyze_upload("two.mp4", content, new_analyzer(PICTURE_DETECTOR, Classifier(shipped)))


@pytest.fixture(scope="module")
def picture(shipped: ModelFolder) -> Analysis:
    return analyze_upload("one.png", read_example(), new_analyzer(PICTURE_DETECTOR, Classifier(shipped)))


def page_with(kept: Mapping[str, Made], **state: Any) -> AppTest:
    """The page with results of earlier runs."""
    at = AppTest.from_file(str(PROJECT / "pages" / "analyze.py"), default_timeout=60)
    for name, value in {"analyses": dict(kept), **state}.items():
        at.session_state[name] = value
    at.run()
    assert not at.exception
    return at


def made(analysis: Analysis, model: ModelFolder) -> Made:
    return Made(analysis, (model.fingerprint, PICTURE_DETECTOR, SAMPLES_PER_SECOND if analysis.is_video else None))


def no_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, *_: object, **__: object) -> Analysis:
        raise AssertionError(f"{name} is analyzed again")

    monkeypatch.setattr("pages.components.analyses.analyze_upload", fail)


def test_results_of_a_model_that_was_replaced_stay_as_they_are(film: Analysis, picture: Analysis) -> None:
    old = {"film": Made(film, ("older",)), "picture": Made(picture, ("older",))}
    at = page_with(old, person_neutral={"film": {1: 0.0}})
    assert not [toggle for toggle in at.toggle if toggle.label == "Explain"]
    assert not [button for button in at.button if "neutral face" in button.label]
    assert not table_with(at, "uncertain")["profile"].any()
    assert sum("by a model that is not in use any more" in caption.value for caption in at.caption) == 1


def test_a_rate_is_not_asked_of_pictures_nor_a_profile_of_videos(
    film: Analysis, picture: Analysis, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_analysis(monkeypatch)
    at = page_with({"example one": made(picture, shipped)}, example="one")
    labelled(at.selectbox, "Frames per second").set_value(1.0).run()
    assert not at.exception and not any("made with another" in caption.value for caption in at.caption)
    profile = Profile(shipped, [take_of("neutral", list(picture.faces), shipped.labels)])
    at = page_with({"example clip": made(film, shipped)}, example="clip", picture_profile=profile)
    assert not any("made with another" in caption.value for caption in at.caption)


def test_a_part_takes_the_place_of_no_whole(film: Analysis, shipped: ModelFolder) -> None:
    part = Made(replace(film, note="Stopped."), (shipped.fingerprint, "cascade", 1.0), is_whole=False)
    for kept, expected in (({"film": made(film, shipped)}, ""), ({}, "Stopped."), ({"film": part}, "Stopped.")):
        at = page_with(kept, analysis_partial=("film", part), analysis_stopped={"film"})
        assert at.session_state.analyses["film"].analysis.note == expected


@pytest.mark.parametrize("is_there", [False, True])
def test_an_example_that_was_stopped_can_be_tried_again(
    is_there: bool, picture: Analysis, shipped: ModelFolder
) -> None:
    part = {"example one": replace(made(picture, shipped), is_whole=False)} if is_there else {}
    at = page_with(part, analysis_stopped={"example one"})
    labelled(at.button, "Try the example picture").click().run()
    assert not at.exception and at.session_state.analyses["example one"].is_whole


def test_the_moment_without_a_click_is_the_first_of_the_person(film: Analysis, shipped: ModelFolder) -> None:
    later = replace(film, records=tuple({**record, "time": record["time"] + 3} for record in film.records))
    at = page_with({"film": made(later, shipped)})
    labelled(at.button, "At 3.0 s this is the person's neutral face").click().run()
    words = [caption.value for caption in at.caption if caption.value.startswith("Relative to the face at 3.0 s")]
    assert len(words) == 1 and "annotated video still show the answers from before" in words[0]


def test_a_new_name_is_that_of_everybody_who_was_merged(
    film: Analysis, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = page_with({"film": made(film, shipped)}, person_names={"film": {1: "Ada", 2: "Ada"}})
    monkeypatch.setattr(st, "data_editor", lambda table, **_: table.assign(name="Grace"))
    at.button(key="use names film").click().run()
    assert not at.exception and labelled(at.selectbox, "Person").options == ["1: Grace"]
    assert at.session_state.person_names == {"film": {1: "Grace", 2: "Grace"}}
