"""The pages' scripts, run by Streamlit's AppTest."""

import io
import json
import re
import shutil
import zipfile
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pandas as pd
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.left_out import read_left_out
from emotion_core.datasets.own_faces import keep_face, own_faces
from emotion_core.datasets.split import split_for_training
from emotion_core.emotions import COLOURS, EMOTIONS
from emotion_core.images import read_rgb
from emotion_core.model_card import PLOT
from emotion_core.store import jobs
from emotion_core.store.active import DEFAULT_MODEL, active_model, promote
from emotion_core.store.models import LEARNT_FILE, ModelFolder, models_root
from emotion_core.store.presets import PRESETS
from emotion_core.store.run_config import RunConfig
from emotion_core.store.runs import Run, create_run
from emotion_core.vision.classifier import Classifier
from emotion_core.vision.drawing import Overlay
from emotion_core.vision.example import read_example
from emotion_core.vision.stream import LiveOptions
from pages.session import FILES
from tests.vision.clips import example_clip

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EMOTION_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads and own faces are kept."""
    monkeypatch.setenv("EMOTION_DATA", str(tmp_path / "home"))
    return tmp_path / "home"


def open_page(name: str) -> AppTest:
    at = AppTest.from_file(str(PROJECT / "pages" / f"{name}.py"), default_timeout=60).run()
    assert not at.exception
    return at


def charts(at: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


@pytest.fixture
def streamer(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands for the WebRTC component: keeps what the page gave it, and plays. No other visitor has a place."""
    st.cache_resource.clear()
    given: dict[str, Any] = {}

    def webrtc_streamer(**options: Any) -> SimpleNamespace:
        given.update(options)
        return SimpleNamespace(state=given.get("state", SimpleNamespace(playing=True, signalling=False)))

    monkeypatch.setattr("streamlit_webrtc.webrtc_streamer", webrtc_streamer)
    return given


def play(streamer: dict[str, Any], image: np.ndarray) -> av.VideoFrame:
    """One frame of the camera through the live page's callback."""
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    frame.pts, frame.time_base = 0, Fraction(1, 30)
    return streamer["video_frame_callback"](frame)


def live_answer(at: AppTest) -> str:
    return next(heading.value for heading in at.subheader if heading.value != "This session")


class TestLive:
    def test_frames_given_to_the_callback_show_beside_the_video(self, streamer: dict, example: np.ndarray) -> None:
        at = open_page("live")
        assert live_answer(at) == "No face in sight"
        drawn = play(streamer, example).to_ndarray(format="rgb24")
        assert not np.array_equal(drawn, example)

        at.run()
        emotion, confidence = live_answer(at).removeprefix("uncertain: ").split()
        bars = at.get("html")[0].proto.body
        rows = re.findall(r">(\w+)</span>.*?width:([\d.]+)%;background:(#\w+).*?>(\d+%)<", bars)
        assert [row[0] for row in rows] == list(EMOTIONS) and [row[2] for row in rows] == list(COLOURS.values())
        shown = rows[EMOTIONS.index(emotion)]
        assert shown[3] == confidence and abs(float(shown[1]) - float(confidence.rstrip("%"))) <= 0.5
        assert any("1 frames, 1 with a face" in caption.value for caption in at.caption)

    def test_frames_are_dropped_not_queued_and_sound_is_not_asked_for(self, streamer: dict) -> None:
        open_page("live")
        assert streamer["async_processing"] is True
        assert streamer["media_stream_constraints"]["audio"] is False

    def test_the_network_is_loaded_once_for_all_visitors_and_reruns(
        self, streamer: dict, monkeypatch: pytest.MonkeyPatch
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

    def test_every_setting_reaches_the_stream(self, streamer: dict, example: np.ndarray) -> None:
        at = open_page("live")
        stream = at.session_state.stream
        assert stream.options == LiveOptions(uncertain_below=stream.options.uncertain_below)
        for label in ("Boxes", "Bars on the video", "Face mesh", "Mirror", "Hints", "Explain"):
            toggle = next(toggle for toggle in at.toggle if toggle.label == label)
            toggle.set_value(not toggle.value)
        for slider in at.slider:
            slider.set_value(0.5)
        next(box for box in at.selectbox if box.label == "Find faces with").set_value("blazeface")
        next(box for box in at.selectbox if box.label == "Model").set_value("seed")
        at.run()
        assert stream.options == LiveOptions(Overlay(False, True, True), False, True, False, 0.5, 0.5)
        play(streamer, example)
        at.run()
        assert not at.exception and live_answer(at) not in ("No face in sight", "Not running")

    def test_the_session_is_shown_and_gone_when_the_stream_stops(self, streamer: dict, example: np.ndarray) -> None:
        at = open_page("live")
        for _ in range(3):
            play(streamer, example)
        at.run()
        assert any("changes of an answer" in caption.value for caption in at.caption)
        assert len(at.session_state.stream.session) == 3
        next(button for button in at.button if button.label == "Prepare files").click().run()
        csv, jpeg = at.session_state[FILES]
        assert len(csv.splitlines()) == 4 and csv.startswith("time,track,x,y,width,height,emotion,confidence,angry")
        assert read_rgb(jpeg).shape == example.shape
        streamer["state"] = SimpleNamespace(playing=False, signalling=False)
        at.run()
        assert live_answer(at) == "Not running" and len(at.session_state.stream.session) == 0
        assert at.session_state.stream.picture is None and FILES not in at.session_state

    def test_a_full_server_says_so_and_offers_a_snapshot(
        self, streamer: dict, example: np.ndarray, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("EMOTION_STREAMS", "1")
        open_page("live")
        play(streamer, example)
        late = open_page("live")
        assert "places for video on this server are taken" in late.warning[0].value
        assert not late.exception and late.get("camera_input")

    def test_a_connection_that_does_not_come_is_explained(
        self, streamer: dict, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        streamer["state"] = SimpleNamespace(playing=False, signalling=True)
        at = open_page("live")
        assert not at.warning and any("Connecting" in caption.value for caption in at.caption)
        at.session_state.connecting_since -= 11
        at.run()
        assert "relay" in at.warning[0].value and "Snapshot" in at.warning[0].value
        streamer["state"] = SimpleNamespace(playing=True, signalling=False)
        assert not at.run().warning

    def test_a_camera_that_falls_silent_is_noticed(self, streamer: dict, example: np.ndarray) -> None:
        at = open_page("live")
        play(streamer, example)
        assert not at.run().warning
        at.session_state.stream._heard -= 5
        assert "No picture arrives" in at.run().warning[0].value

    def test_a_snapshot_is_read_like_a_frame(self, streamer: dict, example: np.ndarray) -> None:
        at = open_page("live")
        at.get("button_group")[0].set_value("Snapshot").run()
        at.camera_input[0].upload("snapshot.jpg", png(example), "image/jpeg").run()
        assert not at.exception
        emotion = at.subheader[0].value.removeprefix("uncertain: ").split()[0]
        bars = charts(at)[0]["data"][0]
        assert bars["text"][EMOTIONS.index(emotion)] == at.subheader[0].value.split()[-1]
        at.camera_input[0].upload("snapshot.jpg", png(example[300:]), "image/jpeg").run()
        assert "No face was found" in at.info[0].value

    def test_a_missing_model_is_one_sentence(
        self, streamer: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        st.cache_resource.clear()
        monkeypatch.setenv("EMOTION_MODELS", str(tmp_path))
        assert "not a model folder" in open_page("live").error[0].value
        assert "not a model folder" in open_page("analyze").error[0].value


def png(image: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


class TestAnalyze:
    def test_the_example_is_one_click_away_with_its_credit(self) -> None:
        at = open_page("analyze")
        at.button[0].click().run()
        assert not at.exception
        assert any("NASA" in caption.value for caption in at.caption)
        assert len(charts(at)) == 1
        assert len(at.dataframe[0].value) >= 1

    def test_pictures_good_and_bad_together(self) -> None:
        at = open_page("analyze")
        at.file_uploader[0].upload("face.png", read_example(), "image/png")
        at.file_uploader[0].upload("broken.jpg", b"no picture", "image/jpeg")
        at.file_uploader[0].upload("wall.png", png(np.full((200, 300), 90, np.uint8)), "image/png")
        at.run()
        assert not at.exception
        assert [error.value for error in at.error] == ["broken.jpg is not a picture in a known format."]
        assert "No face was found" in at.info[0].value
        table = at.dataframe[0].value
        assert table["path"].unique().tolist() == ["face.png", "broken.jpg"]
        assert table[list(EMOTIONS)].iloc[0].sum() == pytest.approx(1, abs=0.001)
        assert [button.label for button in at.get("download_button")] == [
            "Table (CSV)",
            "Table (JSON)",
            "Annotated files (.zip)",
        ]

    def test_a_video_gets_a_time_line(self, tmp_path: Path, example: np.ndarray) -> None:
        at = open_page("analyze")
        clip = example_clip(tmp_path / "clip.mp4", example).read_bytes()
        at.file_uploader[0].upload("clip.mp4", clip, "video/mp4").run()
        assert not at.exception
        lines = charts(at)[0]["data"]
        assert [line["name"] for line in lines] == list(EMOTIONS)
        assert "Annotated video" in [button.label for button in at.get("download_button")]


def finished_run(path: Path, **settings: Any) -> Run:
    """A run folder as a training leaves it."""
    run = create_run(RunConfig.from_settings({"data": "sample", "epochs": 3, **settings}), path)
    rows: dict[str, list[float]] = {"epoch": [1, 2, 3], "seconds": [5.0] * 3, "learning_rate": [0.1, 0.05, 0.0]}
    for name, values in {"accuracy": [0.3, 0.5, 0.6], "loss": [1.9, 1.5, 1.2]}.items():
        rows |= {name: values, f"val_{name}": values[::-1]}
    pd.DataFrame(rows).to_csv(path / "history.csv", index=False)
    figures = {
        "count": 91,
        "accuracy": 0.6,
        "balanced_accuracy": 0.55,
        "ece": 0.02,
        "reliability": [{"confidence": 0.5, "accuracy": 0.52, "count": 91}],
        "risk_coverage": [{"threshold": 0.0, "coverage": 1.0, "accuracy": 0.6}],
        "labels": list(EMOTIONS),
        "confusion_matrix": (np.eye(7, dtype=int) * 6 + 1).tolist(),
        "per_class": {name: {"precision": 0.5, "recall": 0.54, "f1": 0.52, "support": 13} for name in EMOTIONS},
    }
    report = {"best_epoch": 1, "seconds": 15.0, "splits": {"validation": figures, "public_test": figures}}
    (path / "report.json").write_text(json.dumps(report))
    run.update_status(state="finished", epoch=3, message="Best epoch 1.")
    return run


class TestTrain:
    def test_the_button_starts_what_was_chosen(self, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[RunConfig] = []

        def start(config: RunConfig) -> Run:
            asked.append(config)
            return create_run(config, runs / "new")

        monkeypatch.setattr(jobs, "start", start)
        at = open_page("train")
        at.slider[0].set_value(2)
        at.button[0].click().run()
        assert not at.exception
        assert asked == [RunConfig(data="sample", epochs=2)]
        assert at.subheader[0].value == "new", "the new run is shown"

    def test_a_recipe_brings_its_own_settings_and_each_can_be_changed(
        self, runs: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[RunConfig] = []
        monkeypatch.setattr(jobs, "start", lambda config: asked.append(config) or create_run(config, runs / "new"))
        at = open_page("train")
        at.radio[1].set_value("strong").run()
        at.toggle[0].set_value(True).run()
        assert not at.exception
        numbers = {widget.label: widget for widget in at.number_input}
        numbers["Dropout"].set_value(0.3)
        at.selectbox(key="optimizer strong").set_value("adam")
        weights = at.selectbox(key="start strong")
        assert "model seed" not in weights.options, "the weights of another network do not fit"
        weights.set_value("model strong")
        at.button[0].click().run()
        changed = {"dropout": 0.3, "optimizer": "adam", "start_from": str(models_root() / "strong")}
        assert asked == [RunConfig.from_settings({"data": "sample", **PRESETS["strong"], **changed})]

    def test_faces_show_what_the_strengths_do(self) -> None:
        at = open_page("train")
        next(toggle for toggle in at.toggle if toggle.label.startswith("Show it on faces")).set_value(True).run()
        assert not at.exception and any("in other epochs" in caption.value for caption in at.caption)

    def test_the_network_is_laid_open(self) -> None:
        at = open_page("train")
        at.radio[1].set_value("strong").run()
        assert at.dataframe[0].value["layer"].tolist()[-1] == "Dense"
        assert any("python -m emotion_core train --data sample --architecture strong" in code.value for code in at.code)

    def test_settings_that_do_not_fit_get_a_sentence_and_the_rest_of_the_page_stays(self, runs: Path) -> None:
        finished_run(runs / "done")
        at = open_page("train")
        at.toggle[0].set_value(True).run()
        at.selectbox(key="start_size seed").set_value(32).run()
        assert not at.exception and "only takes faces of 48" in at.error[0].value
        assert "complete" in at.success[0].value

    def test_without_data_nothing_can_be_started(self) -> None:
        at = open_page("train")
        at.radio[0].set_value("Folder or file on this server").run()
        assert at.button[0].disabled

    def test_a_run_going_on_is_watched_and_can_be_stopped(self, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        run = finished_run(runs / "going")
        run.claim()
        run.update_status(state="running", epoch=2, step=5, steps=10, of=3)
        at = open_page("train")
        assert at.subheader[0].value == "going"
        curves = charts(at)
        assert [curve["layout"]["title"]["text"] for curve in curves] == ["Accuracy", "Loss", "Learning rate"]
        figures = {metric.label: metric.value for metric in at.metric}
        assert figures["Best validation accuracy"] == "60.0%" and figures["Learning rate"] == "0"
        assert [line["name"] for line in curves[0]["data"]] == ["training", "validation", "best epoch (1)"]
        assert all(button.label != "Start training" for button in at.button)
        at.button[0].click().run()
        assert run.stop_path.exists()

    def test_a_finished_run_shows_its_report(self, runs: Path) -> None:
        finished_run(runs / "done")
        at = open_page("train")
        assert "complete" in at.success[0].value
        figures = {metric.label: metric.value for metric in at.metric}
        assert figures == {
            "Validation accuracy": "60.0%",
            "Public test accuracy": "60.0%",
            "Best epoch": "1",
            "Time": "15 seconds",
        }
        per_class = next(frame.value for frame in at.dataframe if "precision" in frame.value)
        assert per_class.columns.tolist() == ["precision", "recall", "f1", "support"]
        assert charts(at)[4]["data"][0]["text"][0][0] == 7
        assert [line["name"] for line in charts(at)[5]["data"]] == ["ideal", "model"]

    def test_a_failed_run_says_why(self, runs: Path) -> None:
        create_run(RunConfig(data="/gone"), runs / "bad").update_status(state="failed", message="/gone does not exist.")
        assert "/gone does not exist." in open_page("train").error[0].value


def write_predictions(run: Run, faces: FaceDataset, wrong: list[int]) -> None:
    """As if the run had been sure and right, but for some rows."""
    probabilities = np.full((len(faces), 7), 0.02)
    probabilities[np.arange(len(faces)), faces.labels] = 0.88
    for row in wrong:
        probabilities[row] = np.roll(probabilities[row], 2)
    table = pd.DataFrame(probabilities, columns=list(EMOTIONS))
    table.insert(0, "truth", [EMOTIONS[label] for label in faces.labels])
    table.insert(0, "reference", faces.references)
    table.to_parquet(run.path / "predictions.parquet")


def choose_rows(monkeypatch: pytest.MonkeyPatch, rows: list[int]) -> None:
    """Stands for clicks on a table's rows, which AppTest cannot make."""
    show = st.dataframe

    def dataframe(table: Any, **options: Any) -> Any:
        shown = show(table, **options)
        return {"selection": {"rows": rows}} if "on_select" in options else shown

    monkeypatch.setattr(st, "dataframe", dataframe)


class TestRuns:
    def test_without_runs_the_way_to_one_is_shown(self) -> None:
        assert "No network has been trained" in open_page("runs").info[0].value

    def test_all_runs_stand_in_one_table(self, runs: Path) -> None:
        for name, architecture in (("a", "seed"), ("b", "small")):
            finished_run(runs / name, architecture=architecture)
        table = open_page("runs").dataframe[0].value
        assert sorted(table["run"]) == ["a", "b"] and sorted(table["network"]) == ["seed", "small"]
        assert table["accuracy"].tolist() == [0.6, 0.6] and table["state"].tolist() == ["finished"] * 2

    def test_one_run_has_a_note_and_can_be_deleted(self, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        run = finished_run(runs / "a")
        choose_rows(monkeypatch, [0])
        at = open_page("runs")
        at.text_input[0].set_value("first try").run()
        assert run.note == "first try" and at.dataframe[0].value["note"].tolist() == ["first try"]
        next(button for button in at.button if button.label == "Delete it").click().run()
        assert not run.path.exists()

    def test_the_mistakes_it_was_surest_of_are_shown(
        self, runs: Path, sample: FaceDataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = finished_run(runs / "a")
        faces = sample.select("train").take(np.arange(50))
        write_predictions(run, faces, [7])
        choose_rows(monkeypatch, [0])
        at = open_page("runs")
        next(toggle for toggle in at.toggle if "surest" in toggle.label).set_value(True).run()
        assert not at.exception
        table = next(frame.value for frame in at.dataframe if "face" in frame.value)
        assert table["reference"].tolist() == [faces.references[7]] and table["confidence"].tolist() == [0.88]

    def test_two_runs_side_by_side(self, runs: Path, sample: FaceDataset, monkeypatch: pytest.MonkeyPatch) -> None:
        faces = sample.select("train").take(np.arange(100))
        write_predictions(finished_run(runs / "a"), faces, [3])
        write_predictions(finished_run(runs / "b", dropout=0.4, flip=False), faces, [3, 5])
        choose_rows(monkeypatch, [0, 1])
        at = open_page("runs")
        assert not at.exception
        titles = [chart["layout"].get("title", {}).get("text") for chart in charts(at)]
        assert titles[:2] == ["Validation accuracy", "Validation loss"]
        settings = at.dataframe[1].value
        assert settings.index.tolist() == ["flip", "dropout"]
        assert any("On 1 of 100 common faces" in text.value for text in at.markdown)
        assert at.dataframe[2].value["reference"].tolist() == [faces.references[5]]


class TestSelection:
    def test_another_list_of_runs_begins_without_a_choice(self, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        keys: list[Any] = []
        show = st.dataframe

        def dataframe(table: Any, **options: Any) -> Any:
            keys.append(options.get("key"))
            return show(table, **options)

        monkeypatch.setattr(st, "dataframe", dataframe)
        finished_run(runs / "a")
        at = open_page("runs")
        finished_run(runs / "b")
        at.run()
        assert keys[0] == "runs a" and sorted(keys[1].split()) == ["a", "b", "runs"]


class TestPromotion:
    @pytest.fixture
    def models(self, shipped: ModelFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        root = tmp_path / "models"
        shutil.copytree(shipped.path, root / DEFAULT_MODEL)
        monkeypatch.setenv("EMOTION_MODELS", str(root))
        st.cache_resource.clear()
        return root

    @pytest.fixture
    def run(self, models: Path, shipped: ModelFolder, runs: Path, sample: FaceDataset) -> Run:
        """The shipped network as what a run on the sample faces left."""
        run = finished_run(runs / "new")
        shutil.copytree(shipped.path, run.model_path)
        card = json.loads((run.model_path / "card.json").read_text())
        card["name"] = "new"
        card["data"] |= {"digest": sample.digest, "is_sample": True, "left_out": []}
        (run.model_path / "card.json").write_text(json.dumps(card))
        for folder in (run.model_path, models / DEFAULT_MODEL):
            np.save(folder / LEARNT_FILE, split_for_training(sample, 0.2, seed=0)[0].picture_hashes)
        return run

    def press(self, at: AppTest, label: str) -> AppTest:
        next(button for button in at.button if button.label == label).click().run()
        assert not at.exception
        return at

    def test_measured_then_promoted_with_an_explicit_word_then_rolled_back(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        choose_rows(monkeypatch, [0])
        at = self.press(open_page("runs"), "Compare with the model in use")
        assert "McNemar" in at.info[0].value and "no more than chance" in at.info[0].value
        assert any("drawn faces, which" in warning.value for warning in at.warning)
        assert next(button for button in at.button if button.label == "Promote").disabled
        at.checkbox[0].set_value(True).run()
        self.press(at, "Promote")
        assert active_model().name == "new" and any("Model in use: **new**" in text.value for text in at.markdown)
        self.press(at, "Roll back")
        assert active_model().name != "new"

    def test_an_open_live_page_answers_with_the_promoted_model(
        self, run: Run, example: np.ndarray, streamer: dict[str, Any]
    ) -> None:
        card = json.loads((run.model_path / "card.json").read_text())
        card["labels"] = card["labels"][::-1]
        (run.model_path / "card.json").write_text(json.dumps(card))
        at = open_page("live")
        answers = []
        for promoted in (False, True):
            if promoted:
                promote(run.model_path, "new")
                at.run()
            play(streamer, example)
            answers.append(at.session_state.stream.state.faces[0].emotion)
        assert EMOTIONS.index(answers[0]) == 6 - EMOTIONS.index(answers[1])

    def test_a_damaged_model_is_said_and_the_one_before_answers(self, run: Run, models: Path) -> None:
        promote(run.model_path, "new")
        (models / "new" / "model.tflite").write_bytes(b"damaged")
        at = open_page("analyze")
        assert not at.exception and "cannot be used" in at.warning[0].value and "damaged" in at.warning[0].value


class TestData:
    @pytest.fixture
    def shown(self) -> AppTest:
        at = open_page("data")
        at.button[0].click().run()
        assert not at.exception
        return at

    def test_counts_examples_and_findings(self, shown: AppTest, sample: FaceDataset) -> None:
        bars = charts(shown)[0]["data"]
        assert [bar["name"] for bar in bars] == ["train", "test"]
        assert sum(int(text.replace(",", "")) for text in bars[0]["text"]) == len(sample.select("train"))
        assert "No duplicates" in shown.success[0].value

    def test_faces_can_be_filtered(self, shown: AppTest) -> None:
        shown.multiselect[0].set_value(["fear"])
        shown.selectbox[0].set_value("test").run()
        table = shown.dataframe[0].value
        assert set(table["emotion"]) == {"fear"} and set(table["rows"]) == {"test"} and len(table) == 30
        assert table["face"].str.startswith("data:image/png;base64,").all()

    def test_marked_faces_are_kept_in_a_list_and_can_be_taken_back(
        self, runs: Path, home: Path, sample: FaceDataset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = finished_run(runs / "done")
        rows = sample.select("train").take(np.arange(0, 840, 5))
        write_predictions(run, rows, [0])
        monkeypatch.setattr(st, "data_editor", lambda table, **_: table.assign(**{"leave out": True}))

        at = open_page("data")
        at.button[0].click().run()
        assert not at.exception
        next(button for button in at.button if button.label == "Keep the marks").click().run()
        assert read_left_out("sample") == {rows.references[0]}
        assert any("1 faces are marked" in caption.value for caption in at.caption)
        next(button for button in at.button if button.label == "Take all marks away").click().run()
        assert read_left_out("sample") == set()

    def test_an_upload_is_kept_and_shown(self, home: Path, tmp_path: Path, sample: FaceDataset) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            for number, face in enumerate(sample.images[:4]):
                file.writestr(f"happy/{number}.png", png(face))
            file.writestr("happy/broken.png", b"no picture")
        at = open_page("data")
        at.radio[0].set_value("Upload").run()
        at.file_uploader[0].upload("faces.zip", archive.getvalue(), "application/zip").run()
        next(button for button in at.button if button.label == "Show these data").click().run()
        assert not at.exception
        assert [path.name for path in home.iterdir()] == ["faces.zip"]
        text = " ".join(warning.value for warning in at.warning)
        next(button for button in at.button if button.label == "Delete faces.zip").click().run()
        assert not list(home.iterdir())
        assert "No training faces of angry" in text and "1 inputs could not be read" in text

    def test_data_that_cannot_be_read_are_one_sentence(self) -> None:
        at = open_page("data")
        at.radio[0].set_value("Folder or file on this server").run()
        at.text_input[0].set_value("/no/such/data").run()
        at.button[0].click().run()
        assert at.error[0].value == "/no/such/data does not exist."


class TestOwnFaces:
    def test_a_correction_is_kept_only_with_consent(self, home: Path) -> None:
        at = open_page("analyze")
        at.button[0].click().run()
        assert at.get("button_group")[0].disabled and not home.exists()
        at.checkbox[0].set_value(True).run()
        at.get("button_group")[0].set_value("sad").run()
        assert not at.exception and "Kept as sad" in at.success[0].value
        kept = own_faces()
        assert kept is not None and kept.counts()["sad"] == len(kept) == 1

    def test_the_data_page_shows_them_and_empties_them(self, sample: FaceDataset) -> None:
        for face, emotion in zip(sample.images, ("happy", "sad", "sad"), strict=False):
            keep_face(face, emotion)
        at = open_page("data")
        assert charts(at)[0]["data"][0]["text"] == ["0", "0", "0", "1", "0", "2", "0"]
        next(button for button in at.button if button.label == "Delete all 3 faces").click().run()
        assert own_faces() is None and any("None yet" in info.value for info in at.info)

    def test_consent_taken_back_takes_the_face_back(self) -> None:
        at = open_page("analyze")
        at.button[0].click().run()
        at.checkbox[0].set_value(True).run()
        at.get("button_group")[0].set_value("sad").run()
        at.get("button_group")[0].set_value("fear").run()
        kept = own_faces()
        assert kept is not None and kept.counts()["fear"] == len(kept) == 1
        at.checkbox[0].set_value(False).run()
        assert own_faces() is None

    def test_a_fine_tune_starts_from_the_model_in_use(
        self, runs: Path, sample: FaceDataset, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[RunConfig] = []
        monkeypatch.setattr(jobs, "start", lambda config: asked.append(config) or create_run(config, runs / "new"))
        assert any("Correct some answers" in info.value for info in open_page("train").info)
        keep_face(sample.images[0], "happy")
        at = open_page("train")
        next(button for button in at.button if button.label == "Start fine-tuning").click().run()
        assert not at.exception
        assert asked[0].start_from == str(shipped.path) and asked[0].own_face_repeats > 0
        assert asked[0].architecture == shipped.card["architecture"]
        assert asked[0].seed == shipped.card["recipe"]["seed"], "or its validation faces would be among those learnt"


class TestAbout:
    def test_the_card_of_the_active_model_is_shown_with_its_calibration(self, shipped: ModelFolder) -> None:
        at = open_page("about")
        text = "\n".join(part.value for part in at.markdown)
        assert f"Model card: {shipped.name}" in text and "not what a person feels" in text
        assert "Art. 5(1)(f)" in text and PLOT not in text
        assert len(charts(at)) == 1

    def test_a_missing_model_is_one_sentence(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EMOTION_MODELS", str(tmp_path))
        assert "not a model folder" in open_page("about").error[0].value
