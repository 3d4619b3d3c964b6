"""Rows to look at, page by page."""

from dataclasses import replace

import numpy as np

from emotion_core.datasets import FaceDataset
from emotion_core.datasets.browsing import examples, matching_rows, page_count, page_of
from emotion_core.emotions import EMOTIONS


def test_rows_are_those_of_the_emotions_and_the_split(sample: FaceDataset) -> None:
    rows = matching_rows(sample, ["fear", "sad"], "test")
    assert {EMOTIONS[label] for label in sample.labels[rows]} == {"fear", "sad"}
    assert set(sample.splits[rows]) == {"test"} and len(rows) == 60
    assert len(matching_rows(sample)) == len(sample)


def test_copies_stand_together(sample: FaceDataset) -> None:
    images = sample.images[:6].copy()
    images[4], images[5] = images[1], images[0]
    dataset = replace(sample.take(np.arange(6)), images=images)
    rows = matching_rows(dataset, copies_of=np.array([4, 5]))
    assert sorted(map(sorted, (rows[:2].tolist(), rows[2:].tolist()))) == [[0, 5], [1, 4]]


def test_pages_have_every_row_once() -> None:
    rows = np.arange(7)
    assert page_count(rows, 3) == 3 and page_count(rows[:0], 3) == 1 and page_count(rows[:3], 3) == 1
    assert np.concatenate([page_of(rows, number, 3) for number in (1, 2, 3)]).tolist() == rows.tolist()


def test_examples_are_the_same_every_time_and_of_their_emotion(sample: FaceDataset) -> None:
    first, again = examples(sample, 4), examples(sample, 4)
    assert list(first) == list(EMOTIONS)
    for emotion, rows in first.items():
        assert rows.tolist() == again[emotion].tolist() and len(rows) == 4
        assert {EMOTIONS[label] for label in sample.labels[rows]} == {emotion}
    assert list(examples(sample.take(sample.labels == 0), 4)) == ["angry"]
