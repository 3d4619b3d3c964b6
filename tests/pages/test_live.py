"""The live page, without a browser."""

import itertools
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st

from emotion_core.emotions import COLOURS, EMOTIONS
from emotion_core.exports import to_csv
from emotion_core.registry import model_folder
from emotion_core.registry.active import active_model
from emotion_core.registry.model_folder import ModelFolder, models_root, open_model, sha256
from emotion_core.vision.detection.blazeface import BlazeFaceDetector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import Overlay
from emotion_core.vision.live.pipeline import LiveOptions
from emotion_core.vision.live.session_log import SessionLog
from emotion_core.vision.media.video_sampling import VideoReader
from pages.components import cache
from pages.components.live_answer import moment_html
from tests.browser.camera import two_faces
from tests.pages.steps import charts, labelled, live_answer, open_page, play, png


def test_frames_given_to_the_callback_show_beside_the_video(streamer: dict, example: np.ndarray) -> None:
    at = open_page("live")
    assert live_answer(at) == "No face in sight"
    drawn = play(streamer, example).to_ndarray(format="rgb24")
    assert not np.array_equal(drawn, example)

    at.run()
    emotion, confidence = live_answer(at).removeprefix("uncertain: ").split()
    bars = next(html.proto.body for html in at.get("html") if 'aria-label="probabilities"' in html.proto.body)
    rows = re.findall(r"emotion-bar.*?>(\w+)</span>.*?width:([\d.]+)%;background:(#\w+).*?>(\d+%)<", bars)
    assert [row[0] for row in rows] == list(EMOTIONS) and [row[2] for row in rows] == list(COLOURS.values())
    shown = rows[EMOTIONS.index(emotion)]
    assert shown[3] == confidence and abs(float(shown[1]) - float(confidence.rstrip("%"))) <= 0.5
    assert any("probabilities of the last 60 seconds" in html.proto.body for html in at.get("html"))
    assert "1 frames, 1 with a face" in bars, "one piece of the page, which changes as a whole"


def test_frames_are_dropped_not_queued_and_sound_is_not_asked_for(streamer: dict) -> None:
    open_page("live")
    assert streamer["async_processing"] is True
    assert streamer["media_stream_constraints"]["audio"] is False


def test_the_network_is_loaded_once_for_all_visitors_and_reruns(
    streamer: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    st.cache_resource.clear()
    loaded = []
    load = Classifier.__init__

    def count(self: Classifier, model: ModelFolder) -> None:
        loaded.append(model.name)
        load(self, model)

    monkeypatch.setattr(Classifier, "__init__", count)
    first, second, third = open_page("live"), open_page("live"), open_page("analyze")
    for visitor in (first, second, third):
        visitor.run()
    assert loaded == [active_model().name]
    assert first.session_state.stream is not second.session_state.stream


def test_the_files_of_a_model_are_hashed_once_and_again_when_they_change(
    streamer: dict, tmp_path: Path, tiny_model: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny_model.path, tmp_path / "models" / tiny_model.path.name)
    monkeypatch.setenv("EMOTION_MODELS", str(tmp_path / "models"))
    hashed: list[str] = []
    monkeypatch.setattr(model_folder, "sha256", lambda path: hashed.append(path.name) or sha256(path))
    st.cache_data.clear()
    at = open_page("live")
    count = len(hashed)
    assert count > 0
    for _ in range(3):
        at.run()
    assert len(hashed) == count, "a rerun reads none of the files"
    (tmp_path / "models" / tiny_model.path.name / "model.tflite").write_bytes(b"damaged")
    at.run()
    assert "damaged" in at.error[0].value


def test_every_setting_reaches_the_stream(streamer: dict, example: np.ndarray) -> None:
    at = open_page("live")
    stream = at.session_state.stream
    assert stream.options == LiveOptions(uncertain_below=stream.options.uncertain_below)
    for label in ("Boxes", "Bars on the video", "Landmarks", "Mirror", "Hints", "Explain"):
        toggle = next(toggle for toggle in at.toggle if toggle.label == label)
        toggle.set_value(not toggle.value)
    next(box for box in at.selectbox if box.label == "Detector").set_value("blazeface")
    next(box for box in at.selectbox if box.label == "Model").set_value("baseline")
    at.run()
    seed = open_model(models_root() / "baseline")
    assert stream.options.uncertain_below == round(seed.card.calibration.uncertain_below, 2), (
        "each model has a threshold of its own"
    )
    assert isinstance(stream.pipeline._tracker.detector, BlazeFaceDetector)
    assert stream.pipeline._classifier.model.fingerprint == seed.fingerprint
    for slider in at.slider:
        slider.set_value(0.5)
    at.run()
    assert stream.options == LiveOptions(Overlay(False, True, True), False, True, False, 0.5, 0.5)
    play(streamer, example)
    at.run()
    assert not at.exception and live_answer(at) not in ("No face in sight", "Not running")


def test_the_session_stays_after_stop_until_it_is_forgotten(streamer: dict, example: np.ndarray) -> None:
    at = open_page("live")
    for _ in range(3):
        play(streamer, example)
    at.run()
    assert any("the answer changed" in caption.value for caption in at.caption)
    stream = at.session_state.stream
    assert len(stream.session) == 3
    labelled(at.button, "Hold this face").click().run()
    answer = live_answer(at)
    assert streamer["on_video_ended"] == stream.end, "also when the person goes to another page"
    streamer["on_video_ended"]()
    streamer["state"] = SimpleNamespace(playing=False, signalling=False)
    for _ in range(2):  # as on the way to another page and back
        at.run()
        assert at.subheader[0].value == "Your session" and len(stream.session) == 3
        assert [button.proto.label for button in at.get("download_button")][:2] == ["Table (CSV)", "Picture"]
        assert any(answer in text.value for text in at.markdown), "the face that is held"
    table = to_csv(stream.session.table.round(4))
    assert len(table.splitlines()) == 4 and table.startswith("time,track,x,y,width,height,emotion,confidence,angry")
    labelled(at.button, "Forget it").click().run()
    assert "Which emotion" in at.subheader[0].value and not at.get("download_button")
    assert len(stream.session) == 0 and stream.keepsake is None and not stream.kept


def test_start_begins_a_new_session(streamer: dict, example: np.ndarray) -> None:
    at = open_page("live")
    play(streamer, example)
    streamer["state"] = SimpleNamespace(playing=False, signalling=False)
    at.run()
    assert len(at.session_state.stream.session) == 1
    streamer["state"] = SimpleNamespace(playing=True, signalling=False)
    at.run()
    assert len(at.session_state.stream.session) == 0 and live_answer(at) == "No face in sight"


def test_the_page_before_start_shows_a_clip_and_what_to_try(streamer: dict) -> None:
    streamer["state"] = SimpleNamespace(playing=False, signalling=False)
    at = open_page("live")
    video = at.get("video")[0].proto
    assert video.loop and video.autoplay and video.muted
    assert any("public domain" in caption.value for caption in at.caption)
    assert any("not stored" in caption.value for caption in at.caption)
    assert {"Play the sample", "One face", "Two faces", "A clip"} <= {button.label for button in at.button}
    assert sum("](pages/" in text.value for text in at.markdown) == 5, "the other pages"


def test_the_sample_plays_through_the_pipeline_and_leaves_a_session(
    streamer: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]  # only who sleeps moves this clock: a slow computer drops no frame
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds))
    monkeypatch.setattr("pages.components.sample.time", clock)
    monkeypatch.setattr("pages.components.sample.SECONDS", 3.0)
    frames = VideoReader.frames
    monkeypatch.setattr(VideoReader, "frames", lambda self: itertools.islice(frames(self), None, None, 3))
    shown: list[str] = []
    monkeypatch.setattr(
        "pages.components.sample.moment_html", lambda *given: shown.append(moment_html(*given)) or shown[-1]
    )
    streamer["state"] = SimpleNamespace(playing=False, signalling=False)
    at = open_page("live")
    at.session_state.stream._clock = clock.monotonic
    labelled(at.button, "Play the sample").click().run(timeout=60)
    assert len(shown) > 30 and "happy" in shown[-1] + shown[-20] and "emotion-bar" in shown[-1]
    assert at.subheader[0].value == "Your session"
    assert at.session_state.stream.session.seconds["neutral"] > 0.3
    assert not cache.stream_slots().taken, "its slot is free again"


def test_a_sample_without_a_slot_says_so(streamer: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    streamer["state"] = SimpleNamespace(playing=False, signalling=False)
    at = open_page("live")
    slots = cache.stream_slots()
    for visitor in range(slots.limit - 1):
        slots.take(visitor)
    monkeypatch.setattr(type(slots), "take", lambda *_: False)  # the last one went to somebody in this moment
    labelled(at.button, "Play the sample").click().run(timeout=60)
    assert any("slots of this server are in use" in warning.value for warning in at.warning)
    assert len(at.session_state.stream.session) == 0


def test_the_face_that_was_chosen_is_the_one_held(streamer: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.components.webrtc.SILENCE", 600.0)  # a slow computer is no silent camera
    asked, recent = list[int | None](), SessionLog.recent
    monkeypatch.setattr(
        SessionLog, "recent", lambda self, track_id=None: asked.append(track_id) or recent(self, track_id)
    )
    at = open_page("live")
    for frame in two_faces()[:30]:
        play(streamer, frame)
    at.run()
    faces = at.session_state.stream.state.faces
    box = next(box for box in at.selectbox if box.label == "Face")
    assert box.options == ["the largest", "number 1", "number 2"]
    box.set_value(faces[1].track_id).run()
    assert live_answer(at) == faces[1].answer
    assert asked[-1] == faces[1].track_id
    at.session_state.stream.chosen = 99  # gone, as after a change of Mirror
    at.run()
    assert live_answer(at) == faces[0].answer and asked[-1] is None, "the time line is that of the face shown"
    at.session_state.stream.chosen = faces[1].track_id
    at.run()
    next(button for button in at.button if button.label == "Hold this face").click().run()
    assert np.array_equal(at.session_state.stream.kept["held"].crop, faces[1].crop)
    at.get("button_group")[0].set_value("Snapshot").run()
    assert not at.session_state.stream.state.faces


def test_a_model_of_drawn_faces_is_warned_of_when_it_is_chosen(
    streamer: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    st.cache_resource.clear()
    st.cache_data.clear()
    shutil.copytree(models_root(), tmp_path / "models")
    card_path = tmp_path / "models" / "baseline" / "card.json"
    card = json.loads(card_path.read_text())
    card["data"]["is_sample"] = True
    card_path.write_text(json.dumps(card))
    monkeypatch.setenv("EMOTION_MODELS", str(tmp_path / "models"))
    at = open_page("live")
    assert not at.warning
    next(box for box in at.selectbox if box.label == "Model").set_value("baseline").run()
    assert "drawn faces" in at.warning[0].value


def test_a_connection_that_does_not_come_is_explained(streamer: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    streamer["state"] = SimpleNamespace(playing=False, signalling=True)
    at = open_page("live")
    assert not at.warning and any("Connecting" in caption.value for caption in at.caption)
    assert not at.get("video"), "the clip makes room"
    at.session_state.connecting_since -= 11
    at.run()
    assert "relay" in at.warning[0].value and "Snapshot" in at.warning[0].value
    at.session_state.stream._heard -= 60
    streamer["state"] = SimpleNamespace(playing=True, signalling=False)
    assert not at.run().warning, "the camera may take its time after START, however long the page was open"


def test_a_camera_that_falls_silent_is_noticed(streamer: dict, example: np.ndarray) -> None:
    at = open_page("live")
    play(streamer, example)
    assert not at.run().warning
    at.session_state.stream._heard -= 5
    assert "unplugged" in at.run().warning[0].value and live_answer(at) == "No video received"


def test_a_snapshot_is_read_like_a_frame(streamer: dict, example: np.ndarray) -> None:
    at = open_page("live")
    at.get("button_group")[0].set_value("Snapshot").run()
    at.camera_input[0].upload("snapshot.jpg", png(example), "image/jpeg").run()
    assert not at.exception
    emotion = at.subheader[0].value.removeprefix("uncertain: ").split()[0]
    bars = charts(at)[0]["data"][0]
    assert bars["text"][EMOTIONS.index(emotion)] == at.subheader[0].value.split()[-1]
    assert not at.camera_input, "one picture, in the camera's place"
    assert any("not stored" in caption.value for caption in at.caption)
    labelled(at.toggle, "Explain").set_value(True).run()
    assert any(f"covered, {emotion}" in text.value for text in at.markdown)
    assert "Download" in [button.proto.label for button in at.get("download_button")]
    labelled(at.button, "Take another").click().run()
    at.camera_input[0].upload("snapshot.jpg", png(example[300:]), "image/jpeg").run()
    assert "No face was found" in at.info[0].value


def test_a_missing_model_is_one_sentence(streamer: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    st.cache_resource.clear()
    monkeypatch.setenv("EMOTION_MODELS", str(tmp_path))
    assert "not a model folder" in open_page("live").error[0].value
    assert "not a model folder" in open_page("analyze").error[0].value
