"""A visitor's own profile on the live page."""

import time

import numpy as np
import pytest

from tests.pages.steps import open_page, play


def test_a_visitors_own_neutral_face_is_recorded_applied_handed_over_and_forgotten(
    streamer: dict, example: np.ndarray
) -> None:
    at = open_page("live")
    assert at.button(key="take happy").disabled, "neutral comes first"
    play(streamer, example)
    at.button(key="take neutral").click().run()
    personal = at.session_state.stream.pipeline.personal
    assert personal.state.recording == "neutral"
    assert [button.label for button in at.button if "take" in str(button.key)] == [], "one take at a time"
    while personal.state.recording:
        time.sleep(0.2)
        play(streamer, example)
    at.run()
    assert not at.button(key="take happy").disabled and at.button(key="take neutral").label == "Neutral again"
    profile = personal.state.profile
    (file,) = [button for button in at.get("download_button") if button.proto.label == "Download"]
    assert file.proto.label and profile.to_json()
    at.toggle(key="profile_on").set_value(False).run()
    assert not personal.is_on
    at.button(key="check").click().run()
    assert personal.state.recording == "neutral" and personal.state.is_check
    next(button for button in at.button if button.label == "Cancel").click().run()
    next(button for button in at.button if button.label == "Forget it").click().run()
    assert personal.state.profile is None
    at.file_uploader(key="profile_upload").upload("profile.json", profile.to_json().encode(), "application/json").run()
    assert personal.state.profile.takes[0].emotion == "neutral" and personal.state.asks


def test_a_face_at_rest_is_offered_as_neutral_and_a_correction_teaches_the_profile(
    streamer: dict, example: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emotion_core.vision.live.resting_face.WATCHED_SECONDS", 1.0)
    at = open_page("live")
    personal = at.session_state.stream.pipeline.personal
    while personal.state.at_rest is None:
        play(streamer, example)
        time.sleep(0.3)
    at.run()
    assert any(info.value.startswith("At rest you read as happy 9") for info in at.info)
    next(button for button in at.button if button.label == "Yes, this is neutral").click().run()
    assert [take.emotion for take in personal.state.profile.takes] == ["neutral"]

    next(button for button in at.button if button.label == "Hold this face").click().run()
    next(pills for pills in at.button_group if pills.label == "What does it show?").set_value("fear").run()
    assert [take.emotion for take in personal.state.profile.takes] == ["neutral", "fear"]


def test_a_guided_take_can_be_skipped_and_stopped_and_other_people_have_profiles_of_their_own(
    streamer: dict, example: np.ndarray
) -> None:
    at = open_page("live")
    play(streamer, example)
    at.button(key="guide").click().run()
    personal = at.session_state.stream.pipeline.personal
    assert (personal.state.recording, len(personal.state.coming)) == ("neutral", 6)
    while personal.state.profile is None:
        time.sleep(0.2)
        play(streamer, example)
    next(button for button in at.run().button if button.label == "Skip").click().run()
    assert personal.state.recording == "surprise", "happy is left for later"
    next(button for button in at.button if button.label == "Stop here").click().run()
    assert at.button(key="guide").label == "Guide me through the other 6"

    personal.lose()
    play(streamer, example)
    next(button for button in at.run().button if button.label == "Somebody else").click().run()
    assert at.button(key="guide").label == "Guide me through all seven"
    assert any("1 profile of other people" in caption.value for caption in at.caption)
    next(button for button in at.button if button.label == "Forget all profiles").click().run()
    assert personal.state.others == 0
