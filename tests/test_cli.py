"""The command line: in this process, and as a script calls it where it trains."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import create_run
from emotion_core.experiments.run_lock import take_lock
from emotion_core.registry.active import DEFAULT_MODEL
from tests.support.clips import example_clip
from tests.support.command_line import command

PROJECT = Path(__file__).resolve().parents[1]


def script(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own."""
    words = [sys.executable, "-m", "emotion_core", *map(str, arguments)]
    return subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory, example: np.ndarray) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    Image.fromarray(example).save(folder / "a.jpg")
    (folder / "b.png").write_bytes(b"no picture")
    example_clip(folder / "c.mp4", example, seconds=0.5)
    (folder / "notes.txt").write_text("not looked at")
    return folder


def test_analyze_prints_a_json_line_for_each_picture_and_sampled_frame(inputs: Path) -> None:
    done = command("analyze", inputs, "--format", "json")
    assert done.exit_code == 1, "one input failed"
    picture, broken, *frames = [json.loads(line) for line in done.stdout.splitlines()]
    assert set(picture) == {"path", "width", "height", "faces", "error"}
    assert (picture["width"], picture["height"], picture["error"]) == (512, 512, None)
    face = picture["faces"][0]
    assert set(face) == {"box", "emotion", "confidence", "uncertain", "probabilities"}
    assert len(face["box"]) == 4 and tuple(face["probabilities"]) == EMOTIONS
    assert face["confidence"] == face["probabilities"][face["emotion"]] == max(face["probabilities"].values())
    assert "b.png" in broken["error"] and broken["faces"] == []
    assert [frame["time"] for frame in frames] == [0.0, 0.2, 0.4] and [frame["frame"] for frame in frames] == [0, 2, 4]
    assert all(1 in [face["person"] for face in frame["faces"]] for frame in frames), "who stays keeps the number"


def test_a_video_is_sampled_as_often_and_as_long_as_asked_for(inputs: Path) -> None:
    done = command("analyze", inputs / "c.mp4", "--sample-rate", 10, "--max-seconds", 0.25, "--format", "csv")
    assert done.exit_code == 0 and "Only the first 0.25 seconds" in done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["time"] for row in rows if row["person"] == "1"] == ["0.0", "0.1", "0.2"]
    assert {row["model"] for row in rows} == {DEFAULT_MODEL}


def test_a_profile_made_from_pictures_is_applied_where_one_face_is_alone(
    inputs: Path, example: np.ndarray, tmp_path: Path
) -> None:
    profile, alone, together = tmp_path / "me.json", inputs / "a.jpg", tmp_path / "two.jpg"
    Image.fromarray(np.hstack([example, example])).save(together)
    head = example.copy()
    head[230:] = 127  # in her suit a detector sees another face now and then
    clip = example_clip(tmp_path / "alone.mp4", head, seconds=0.5)
    made = command("profile", "--neutral", alone, "--happy", alone, "--happy", alone, "--out", profile)
    assert made.exit_code == 0 and "3 pictures" in made.stdout, made.stderr
    assert [take["emotion"] for take in json.loads(profile.read_text())["takes"]] == ["neutral", "happy", "happy"]
    done = command("analyze", "--profile", profile, alone, together, clip)
    picture, two, *frames = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0 and len(frames) == 3
    assert all(face["profile"] is True for record in (picture, *frames) for face in record["faces"])
    assert sum(picture["faces"][0]["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert len(two["faces"]) == 2 and not any("profile" in face for face in two["faces"])
    assert done.stderr.count("several faces, so the profile was not applied") == 1


def test_a_profile_that_cannot_be_made_or_used_gets_one_sentence(
    inputs: Path, example: np.ndarray, tmp_path: Path
) -> None:
    alone, together, blank = inputs / "a.jpg", tmp_path / "two.jpg", tmp_path / "blank.png"
    Image.fromarray(np.hstack([example, example])).save(together)
    Image.fromarray(np.zeros((100, 100, 3), np.uint8)).save(blank)
    for arguments, sentence in (
        (["--happy", alone], "A profile needs a neutral face."),
        (["--neutral", together], f"{together} shows 2 faces; a profile needs pictures with one."),
        (["--neutral", blank], f"{blank} shows no faces; a profile needs pictures with one."),
        (["--neutral", inputs / "b.png"], "b.png is not a picture in a known format."),
        (["--neutral", tmp_path / "missing.jpg"], "missing.jpg"),
    ):
        done = command("profile", *arguments, "--out", tmp_path / "me.json")
        assert done.exit_code == 2 and sentence in done.stderr.splitlines()[-1], done.stderr
        assert not (tmp_path / "me.json").exists()
    (tmp_path / "me.json").write_text("{}")
    for profile in (tmp_path / "me.json", tmp_path / "none.json"):
        done = command("analyze", "--profile", profile, alone)
        assert done.exit_code == 2 and profile.name in done.stderr.splitlines()[-1]
        assert not done.stdout


def test_analyze_writes_a_csv_row_for_each_face(inputs: Path, tmp_path: Path) -> None:
    done = command("analyze", inputs / "a.jpg", "--format", "csv", "--output", tmp_path / "faces.csv")
    assert done.exit_code == 0 and done.stdout == ""
    rows = list(csv.DictReader(io.StringIO((tmp_path / "faces.csv").read_text())))
    assert rows and {"path", "x", "y", "width", "height", "emotion", "confidence", *EMOTIONS} <= set(rows[0])


def test_train_evaluate_and_models_follow_on_each_other(tmp_path: Path) -> None:
    trained = script("train", "--data", "sample", "--epochs", 1, "--run-dir", tmp_path / "run")
    assert trained.returncode == 0, trained.stderr
    assert json.loads((tmp_path / "run" / "config.json").read_text())["epochs"] == 1
    again = command("train", "--resume", tmp_path / "run")
    assert again.exit_code == 2 and "is complete; there is nothing to go on with" in again.stderr

    model = tmp_path / "run" / "model"
    evaluated = command("evaluate", "--data", "sample", "--split", "test", "--model", model, "--format", "json")
    assert evaluated.exit_code == 0 and evaluated.stdout.count("\n") == 1
    report = json.loads(evaluated.stdout)
    assert {"accuracy", "per_class", "confusion_matrix", "labels", "count", "ece"} <= set(report)
    assert report["count"] == np.sum(report["confusion_matrix"]) == 210

    models = Path(shutil.copytree(PROJECT / "models" / DEFAULT_MODEL, tmp_path / "models" / DEFAULT_MODEL)).parent
    refused = command("promote", tmp_path / "run", models=models)
    assert refused.exit_code == 1 and "drawn faces" in refused.stderr and "McNemar" in refused.stdout
    promoted = command("promote", tmp_path / "run", "--anyway", models=models)
    assert promoted.exit_code == 0 and "run is in use now" in promoted.stdout
    assert "* run " in command("models", models=models).stdout
    back = command("rollback", models=models)
    assert back.exit_code == 0 and f"{DEFAULT_MODEL} is in use now" in back.stdout
    assert command("rollback", models=models).exit_code == 1

    listed = command("models")
    assert listed.exit_code == 0 and f"* {DEFAULT_MODEL} " in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["train"], 2, "either --data or --resume"),
        (["train", "--data", "sample", "--epochs", "0"], 2, "Epochs must be 1 to 999"),
        (["train", "--data", "sample", "--preset", "huge"], 2, "Preset must be one of"),
        (["train", "--resume", "/no/run"], 2, "no run to resume"),
        (["train", "--resume", "/no/run", "--epochs", "9"], 2, "keeps its own settings"),
        (["evaluate", "--data", "/no/data"], 1, "does not exist"),
        (["evaluate", "--data", "sample", "--split", "private_test"], 1, "no private_test rows"),
        (["evaluate", "--data", "sample", "--model", "/no/model"], 2, "not a model folder"),
        (["analyze", "x.jpg", "--output", "/no/folder/out.json"], 2, "cannot be written"),
        (["promote", "/no/run"], 2, "is no run"),
        (["analyze"], 2, "Missing argument"),
    ],
)
def test_wrong_use_gets_a_sentence(arguments: list[str], status: int, sentence: str) -> None:
    done = command(*arguments)
    assert done.exit_code == status, done.stderr
    assert sentence in done.stderr and "Traceback" not in done.stderr


def test_analyzing_never_loads_tensorflow(inputs: Path) -> None:
    code = (
        "import sys; from emotion_core.cli import app\n"
        f"app(['analyze', {str(inputs / 'a.jpg')!r}], standalone_mode=False)\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'tensorflow', 'keras', 'sklearn', 'skimage'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_a_second_resume_takes_no_wish_to_stop_away(tmp_path: Path) -> None:
    run = create_run(RunConfig(data="sample", epochs=1), tmp_path / "run")
    run.update_status(pid=1)
    run.stop_path.touch()
    lock = take_lock(run)
    refused = command("train", "--resume", run.path)
    assert refused.exit_code == 1 and "is being trained by another process" in refused.stderr
    assert run.stop_path.exists()
    os.close(lock)
