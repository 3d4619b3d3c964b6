"""Show all seven, on the live page."""

import numpy as np
import pytest

from emotion_core.vision.faces.profile import Profile, Take
from emotion_core.vision.live import game
from tests.pages.steps import labelled, open_page, play


def test_a_game_is_played_to_its_pictures_and_forgotten(
    streamer: dict, example: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emotion_core.vision.live.take_recorder.TAKE_SECONDS", 0.1)
    monkeypatch.setattr(game, "READY_SECONDS", 0.05)
    monkeypatch.setattr(game, "POSE_SECONDS", 0.1)
    at = open_page("live")
    play(streamer, example)
    labelled(at.button, "Show all seven").click().run()
    state = at.session_state.stream.game.state
    assert state.emotion == "neutral"
    at.run()
    assert any("1 of 7" in bar.proto.text for bar in at.get("progress"))
    while at.session_state.stream.game.state.emotion:
        play(streamer, example)
    at.run()
    state = at.session_state.stream.game.state
    assert state.is_over and at.subheader[0].value == f"{state.total} of 600 points"
    happy = next(moment for moment in state.moments if moment.emotion == "happy")
    assert happy.points == 0, "a face that smiles at rest has its smile for neutral"
    assert [b.proto.label for b in at.get("download_button")][:2] == ["Picture of all seven", "Animation"]
    labelled(at.button, "Forget the game").click().run()
    assert not at.session_state.stream.game.state.moments
    assert "game_pictures" not in at.session_state.stream.kept, "its pictures show a face"
    assert labelled(at.button, "Show all seven")


def test_a_game_can_be_cancelled_and_waits_for_the_answer_who_it_is(streamer: dict, example: np.ndarray) -> None:
    at = open_page("live")
    play(streamer, example)
    labelled(at.button, "Show all seven").click().run()
    labelled(at.button, "Cancel the game").click().run()
    assert at.session_state.stream.game.state.emotion is None
    personal = at.session_state.stream.pipeline.personal
    model = at.session_state.stream.pipeline.classifier.model
    personal.use(Profile(model, [Take("neutral", np.full(len(model.labels), 1 / len(model.labels)), None)]))
    at.run()
    button = labelled(at.button, "Show all seven")
    assert button.disabled and "still you" in button.help
