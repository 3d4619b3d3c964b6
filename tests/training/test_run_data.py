"""What a run learns from: its data split, and frozen so that a resumed run learns from the same."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from emotion_core.datasets import DatasetError, FaceDataset, consent, load
from emotion_core.datasets.consent import withdraw_consent
from emotion_core.datasets.corrections import list_corrections, save_correction
from emotion_core.datasets.split import copied_rows, split_for_training
from emotion_core.emotions import EMOTIONS
from emotion_core.experiments.config import RunConfig
from emotion_core.experiments.run import Run, create_run
from emotion_core.registry.model_folder import TRAINING_HASHES_FILE, open_model
from emotion_core.registry.model_schemas import ModelCard
from emotion_core.training import run_data
from emotion_core.training.export import write_card
from emotion_core.validation import read_stored
from tests.training.runs import QUICK, train


def test_faces_copied_from_the_test_are_not_learnt(sample: FaceDataset) -> None:
    training, test = np.flatnonzero(sample.splits == "train"), np.flatnonzero(sample.splits == "test")
    images = sample.images.copy()
    images[training[:5]] = images[test[:5]]
    leaking = replace(sample, images=images)
    assert copied_rows(leaking).sum() == 5 and copied_rows(leaking)[training[:5]].all()
    learnt, validation = split_for_training(leaking, 0.2, seed=0)
    assert len(learnt) + len(validation) == len(training) - 5
    rows = {face.tobytes() for part in (learnt, validation) for face in part.images}
    assert not rows & {face.tobytes() for face in leaking.select("test").images}


def test_frozen_data_that_make_no_sense_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    run = create_run(RunConfig(epochs=1, **QUICK), tmp_path / "run")
    (run.path / "run_data.json").write_text('{"digest": 7}')
    assert not train(run)
    assert "It is not known what this run has learnt from: run_data.json cannot be read" in run.status.message


def test_data_that_changed_meanwhile_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run(RunConfig(epochs=1, **QUICK), tmp_path / "run")
    run.stop_path.touch()
    assert train(run) and run.status.state == "stopped", "the data are read and frozen before it stops"
    run.stop_path.unlink()
    drawn = load("sample")
    monkeypatch.setattr(run_data, "load", lambda _: replace(drawn, labels=np.roll(drawn.labels, 1)))
    assert not train(run)
    assert "has changed since this run began" in run.status.message


def test_validation_faces_of_the_data_are_never_learnt(sample: FaceDataset) -> None:
    splits = sample.splits.astype("<U12")
    training = np.flatnonzero(splits == "train")
    splits[training[:50]] = "validation"
    images = sample.images.copy()
    images[training[50:60]] = images[training[:10]]
    learnt, validation = split_for_training(replace(sample, images=images, splits=splits), 0.2, seed=0)
    assert len(validation) == 50 and len(learnt) == len(training) - 60


def test_votes_that_come_while_a_run_rests_are_refused(tmp_path: Path, sample: FaceDataset) -> None:
    config = RunConfig(epochs=1, **QUICK)
    run = create_run(config, tmp_path / "run")
    run_data._frozen_rows(run, config, sample, 0)
    voted = replace(sample, votes=np.ones((len(sample), 8), np.uint8))
    with pytest.raises(DatasetError, match="has changed since this run began"):
        run_data._frozen_rows(run, config, voted, 0)


def test_without_a_validation_face_the_run_says_why(
    finished: Run, sample: FaceDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, validation = split_for_training(sample, 0.2, seed=0)
    with monkeypatch.context() as patched:
        patched.setattr(run_data, "read_exclusions", lambda _: set(validation.references))
        run = create_run(RunConfig(epochs=1, **QUICK), tmp_path / "excluded")
        assert not train(run) and "validation: all were left out by hand." in run.status.message
    start = Path(shutil.copytree(finished.model_path, tmp_path / "start"))
    np.save(start / TRAINING_HASHES_FILE, np.sort(sample.picture_hashes))
    write_card(start, card_of(start))
    run = create_run(RunConfig(epochs=1, start_from=str(start), **QUICK), tmp_path / "learnt")
    assert (
        not train(run) and "validation: all were left out by hand, or learnt by finished before." in run.status.message
    )


def test_a_model_without_a_record_of_what_it_learnt_is_no_beginning(finished: Run, tmp_path: Path) -> None:
    start = Path(shutil.copytree(finished.model_path, tmp_path / "start"))
    (start / TRAINING_HASHES_FILE).unlink()
    run = create_run(RunConfig(epochs=1, start_from=str(start), **QUICK), tmp_path / "run")
    assert not train(run) and f"lacks {TRAINING_HASHES_FILE}" in run.status.message
    write_card(start, card_of(start))
    assert not train(run) and "keeps no record of the faces it learnt from" in run.status.message


def card_of(path: Path) -> ModelCard:
    card = read_stored(path / "card.json", ModelCard)
    assert card is not None
    return card


@pytest.mark.parametrize(("data", "sentence"), [("/no/such/folder", "does not exist"), ("one-emotion", "at least two")])
def test_data_that_cannot_be_used_ends_the_run_with_a_sentence(data: str, sentence: str, tmp_path: Path) -> None:
    if data == "one-emotion":
        (tmp_path / "happy").mkdir()
        for number, face in enumerate(load("sample").images[:20]):
            Image.fromarray(face).save(tmp_path / "happy" / f"{number}.png")
        data = str(tmp_path)
    run = create_run(RunConfig(data=data), tmp_path / "run")
    assert not train(run)
    assert run.status.state == "failed" and sentence in run.status.message
    assert json.loads((run.path / "config.json").read_text())["data"] == data


def test_test_faces_that_were_learnt_do_not_measure(finished: Run, sample: FaceDataset, tmp_path: Path) -> None:
    start = Path(shutil.copytree(finished.model_path, tmp_path / "start"))
    tests = np.flatnonzero(sample.splits == "test")
    learnt = np.concatenate([open_model(start).training_hashes, sample.picture_hashes[tests[:10]]])
    np.save(start / TRAINING_HASHES_FILE, np.unique(learnt))
    write_card(start, card_of(start))
    config = RunConfig(epochs=1, start_from=str(start), **QUICK)
    data = run_data.load_run_data(create_run(config, tmp_path / "run"), config)
    assert len(data.without_learnt_tests) == len(sample) - 10
    assert set(sample.references) - set(data.without_learnt_tests.references) == set(sample.references[tests[:10]])


@pytest.fixture
def corrected(tmp_path: Path, sample: FaceDataset, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, RunConfig]:
    """A run that learns from three corrected faces."""
    monkeypatch.setenv("EMOTION_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("EMOTION_RUNS", str(tmp_path / "runs"))
    for face in sample.select("test").images[:3]:
        save_correction(face, "fear")
    config = RunConfig(epochs=1, correction_repeats=2, **QUICK)
    return create_run(config, tmp_path / "runs" / "tuned"), config


def test_a_run_does_not_go_on_without_a_face_that_was_taken_back(corrected: tuple[Run, RunConfig]) -> None:
    run, config = corrected
    assert len(run_data.load_run_data(run, config).corrections or []) == 3
    assert run_data.load_run_data(run, config).training.labels.tolist().count(EMOTIONS.index("fear")) > 6
    withdraw_consent(list_corrections()[0].id)
    with pytest.raises(DatasetError, match="were taken back"):
        run_data.load_run_data(run, config)


@pytest.mark.parametrize("moment", ["before the copy has its name", "after"])
def test_a_face_that_is_taken_back_while_a_run_copies_it_is_in_no_copy(
    corrected: tuple[Run, RunConfig], monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    run, config = corrected
    taken = list_corrections()[0].id
    if moment == "after":  # between the two deletions
        delete = consent.delete_correction

        def copy_first(face_id: str) -> None:
            run_data._frozen_corrections(run, config)
            delete(face_id)

        monkeypatch.setattr(consent, "delete_correction", copy_first)
        withdraw_consent(taken)
    else:
        freeze = run_data._freeze

        def take_back_first(source: Path, path: Path) -> None:
            freeze(source, path.with_name("unnamed"))
            withdraw_consent(taken)
            path.with_name("unnamed").rename(path)

        monkeypatch.setattr(run_data, "_freeze", take_back_first)
        run_data._frozen_corrections(run, config)
    assert len(list(run.corrections_path.glob("*/*.png"))) == 2
