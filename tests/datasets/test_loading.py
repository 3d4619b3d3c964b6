"""Every form of a data set gives the same faces, and bad data gives a sentence."""

import io
import json
import sys
import types
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from PIL import Image

from emotion_core.datasets import DatasetError, FaceDataset, load
from emotion_core.emotions import EMOTIONS, FER2013_NUMBERS


def png(face: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(face).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def faces(sample: FaceDataset) -> FaceDataset:
    """Five train and two test rows of each emotion."""
    kept = []
    for label in range(len(EMOTIONS)):
        for split, count in (("train", 5), ("test", 2)):
            kept += np.flatnonzero((sample.labels == label) & (sample.splits == split))[:count].tolist()
    return sample.take(np.array(kept))


def paths_of(faces: FaceDataset) -> list[str]:
    rows = zip(faces.splits, faces.labels, range(len(faces)), strict=True)
    return [f"{split}/{EMOTIONS[label]}/{number:03d}.png" for split, label, number in rows]


def as_folder(faces: FaceDataset, path: Path) -> Path:
    for name, face in zip(paths_of(faces), faces.images, strict=True):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(png(face))
    return path


def as_zip(faces: FaceDataset, path: Path) -> Path:
    with zipfile.ZipFile(path / "faces.zip", "w") as archive:
        for name, face in zip(paths_of(faces), faces.images, strict=True):
            archive.writestr(f"archive/{name}", png(face))
        archive.writestr("__MACOSX/archive/train/happy/._000.png", b"resource fork")
    return path / "faces.zip"


def as_csv(faces: FaceDataset, path: Path) -> Path:
    rows = {
        "emotion": [FER2013_NUMBERS.index(EMOTIONS[label]) for label in faces.labels],
        "pixels": [" ".join(map(str, face.ravel())) for face in faces.images],
        "Usage": ["Training" if split == "train" else "PublicTest" for split in faces.splits],
    }
    pd.DataFrame(rows).to_csv(path / "fer2013.csv", index=False)
    return path / "fer2013.csv"


def as_parquet(faces: FaceDataset, path: Path) -> Path:
    rows = {
        "image": [{"bytes": png(face), "path": None} for face in faces.images],
        "label": [FER2013_NUMBERS.index(EMOTIONS[label]) for label in faces.labels],
        "usage": ["Training" if split == "train" else "PublicTest" for split in faces.splits],
    }
    pd.DataFrame(rows).to_parquet(path / "faces.parquet")
    return path / "faces.parquet"


def as_folder_with_a_table(faces: FaceDataset, path: Path) -> Path:
    (path / "other").mkdir()
    as_csv(faces, path)
    return path


def as_zip_with_a_table(faces: FaceDataset, path: Path) -> Path:
    with zipfile.ZipFile(path / "faces.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(as_csv(faces, path), "fer2013/fer2013.csv")
    return path / "faces.zip"


def content(faces: FaceDataset) -> set[tuple[bytes, int, bool]]:
    rows = zip(faces.images, faces.labels, faces.splits, strict=True)
    return {(face.tobytes(), int(label), bool(split == "train")) for face, label, split in rows}


@pytest.mark.parametrize("write", [as_folder, as_zip, as_csv, as_parquet, as_folder_with_a_table, as_zip_with_a_table])
def test_every_form_gives_the_same_faces(write, faces: FaceDataset, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    read = load(write(faces, tmp_path))
    assert content(read) == content(faces)
    assert len(read) == len(faces) and not read.problems
    assert len(read.select("train")) == 35 and len(read.select("test")) == 14


def as_hugging_face(faces: FaceDataset, path: Path, classes: object) -> Path:
    """Parquet with the names of its classes; its labels are positions in `EMOTIONS`."""
    table = pq.read_table(as_parquet(faces, path))
    table = table.set_column(table.schema.get_field_index("label"), "label", [faces.labels])
    features = {"label": {"names": classes, "_type": "ClassLabel"}}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    pq.write_table(table.replace_schema_metadata(metadata), path / "faces.parquet")
    return path / "faces.parquet"


def test_classes_that_parquet_names_are_what_its_labels_mean(faces: FaceDataset, tmp_path: Path) -> None:
    read = load(as_hugging_face(faces, tmp_path, ["Anger", *EMOTIONS[1:]]))
    assert content(read) == content(faces) and not read.problems


@pytest.mark.parametrize("classes", [[], list("0123456"), "happy", None])
def test_without_names_the_labels_are_those_of_fer2013(faces: FaceDataset, tmp_path: Path, classes: object) -> None:
    read = load(as_hugging_face(faces, tmp_path, classes))
    assert [EMOTIONS[label] for label in read.labels] == [FER2013_NUMBERS[label] for label in faces.labels]


def test_a_class_that_is_no_emotion_gets_a_sentence(faces: FaceDataset, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has the label 'contempt', which is none of the seven emotions\.$"):
        load(as_hugging_face(faces, tmp_path, [*EMOTIONS, "contempt"]))


def test_a_plain_folder_is_all_training(faces: FaceDataset, tmp_path: Path) -> None:
    (tmp_path / "Happiness").mkdir()
    large = Image.fromarray(faces.images[0]).resize((200, 240)).convert("RGB")
    large.save(tmp_path / "Happiness" / "face.jpg")
    read = load(tmp_path)
    assert read.counts()["happy"] == len(read.select("train")) == 1
    assert read.images.shape == (1, 48, 48)
    with pytest.raises(DatasetError, match="no test rows"):
        read.select("test")


def test_a_broken_picture_is_left_out_and_named(faces: FaceDataset, tmp_path: Path) -> None:
    as_folder(faces, tmp_path)
    (tmp_path / "train" / "sad" / "broken.png").write_bytes(b"\x89PNG and then nothing")
    (tmp_path / "train" / "sad" / "notes.txt").write_text("no picture, no problem")
    read = load(tmp_path)
    assert len(read) == len(faces)
    assert len(read.problems) == 1 and "broken.png" in read.problems[0]


def test_a_broken_row_is_left_out_and_named(faces: FaceDataset, tmp_path: Path) -> None:
    table = pd.read_csv(as_csv(faces, tmp_path))
    table.loc[3, "pixels"] = "1 2 3"
    table["emotion"] = table["emotion"].astype(float)
    table.loc[5, "emotion"] = 9
    table.loc[7, "emotion"] = np.inf
    table.to_csv(tmp_path / "fer2013.csv", index=False)
    read = load(tmp_path / "fer2013.csv")
    assert len(read) == len(faces) - 3
    assert [problem.split()[1] for problem in read.problems] == ["3", "5", "7"]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("gone", None, "does not exist"),
        ("faces.zip", b"no zip", "not a readable .zip"),
        ("faces.csv", b"a,b\n1,2\n", "columns emotion, pixels"),
        ("faces.csv", b"", "cannot be read"),
        ("faces.parquet", b"no parquet", "cannot be read"),
        ("faces.txt", b"hello", "not a folder"),
    ],
)
def test_unusable_data_gets_a_sentence(name: str, data: bytes | None, sentence: str, tmp_path: Path) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(DatasetError, match=sentence):
        load(tmp_path / name)


def test_several_tables_in_a_folder_are_not_guessed_between(faces: FaceDataset, tmp_path: Path) -> None:
    as_csv(faces, tmp_path)
    as_parquet(faces, tmp_path)
    with pytest.raises(DatasetError, match=r"several tables \(faces\.parquet, fer2013\.csv\)"):
        load(tmp_path)


def test_a_damaged_zip_member_is_left_out_and_named(faces: FaceDataset, tmp_path: Path) -> None:
    content = bytearray(as_zip(faces, tmp_path).read_bytes())
    start = content.index(b"IDAT")
    content[start + 40 : start + 60] = bytes(20)
    (tmp_path / "faces.zip").write_bytes(content)
    read = load(tmp_path / "faces.zip")
    assert len(read) == len(faces) - 1 and len(read.problems) == 1


def test_a_damaged_table_in_a_zip_gets_a_sentence(faces: FaceDataset, tmp_path: Path) -> None:
    packed = tmp_path / "faces.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(as_csv(faces, tmp_path), "fer2013.csv")
    content = bytearray(packed.read_bytes())
    content[60:200] = b"\xff" * 140
    packed.write_bytes(content)
    with pytest.raises(DatasetError, match=r"faces\.zip is not a readable \.zip"):
        load(packed)


def test_tables_of_one_name_in_a_zip_are_not_mixed_up(faces: FaceDataset, tmp_path: Path) -> None:
    table = as_csv(faces, tmp_path)
    with zipfile.ZipFile(tmp_path / "faces.zip", "w") as archive:
        archive.write(table, "train/data.csv")
        archive.write(table, "other/data.csv")
    with pytest.raises(DatasetError, match=r"several tables of one name \(data\.csv\)"):
        load(tmp_path / "faces.zip")


def test_an_empty_folder_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="angry, disgust, fear"):
        load(tmp_path)


def test_kaggle_is_asked_and_its_refusal_told(
    faces: FaceDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def download(handle: str) -> str:
        asked.append(handle)
        if handle == "no/permission":
            raise RuntimeError("403 Client Error.\nlong details")
        return str(as_folder(faces, tmp_path))

    monkeypatch.setitem(sys.modules, "kagglehub", types.SimpleNamespace(dataset_download=download))
    assert len(load("kaggle:")) == len(faces)
    assert asked == ["msambare/fer2013"]
    with pytest.raises(DatasetError, match=r"could not deliver no/permission: .*\(403 Client Error\)\."):
        load("kaggle:no/permission")
