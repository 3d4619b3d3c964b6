"""Reader for picture folders, `train/<emotion>/*` or plain `<emotion>/*`, on disk or inside a .zip."""

import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from emotion_core.datasets.dataset import DatasetError, FaceDataset
from emotion_core.datasets.pictures import MAX_PICTURE_BYTES, read_face
from emotion_core.datasets.rows import RowCollector
from emotion_core.datasets.zip_files import PackedFile, holds_archive
from emotion_core.emotions import EMOTIONS, parse_emotion
from emotion_core.images import PICTURE_SUFFIXES, ImageError
from emotion_core.limits import OWNER, Limits

_SPLIT_FOLDERS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "publictest": "public_test",
    "privatetest": "private_test",
}

_USUAL_BYTES = 2**16  # of a face at most; asked for at first, as room for 20 MiB costs 70 microseconds each time
_Entry = tuple[PurePosixPath, Callable[[], BinaryIO]]


def read_folder(path: Path, limits: Limits = OWNER) -> FaceDataset:
    """Every picture under a folder whose parent is named like an emotion. Raises `DatasetError`."""
    entries = (
        (PurePosixPath(file.relative_to(path).as_posix()), _opener(file))
        for file in sorted(path.rglob("*"))
        if file.is_file()
    )
    return _read_entries(RowCollector(path.name, limits), path.name, entries)


def read_packed_folder(name: str, files: list[PackedFile], limits: Limits = OWNER) -> FaceDataset:
    """The same from the files of a .zip called `name`. Raises `DatasetError`."""
    entries = [(file.path, file.open) for file in files]
    nested = holds_archive(files)
    if nested and not any(_shows_face(path) for path, _ in entries):
        raise DatasetError(f"{name} holds another archive, {nested.name}; unpack it, and bring what is in it.")
    return _read_entries(RowCollector(name, limits), name, entries)


def has_faces(path: Path) -> bool:
    """Whether a folder named like an emotion lies anywhere below."""
    return any(child.is_dir() and parse_emotion(child.name) for child in path.rglob("*"))


def _opener(file: Path) -> Callable[[], BinaryIO]:
    return lambda: file.open("rb")


def _shows_face(path: PurePosixPath) -> bool:
    return (
        path.suffix.lower() in PICTURE_SUFFIXES
        and parse_emotion(path.parent.name) is not None
        and "__MACOSX" not in path.parts
    )


def _read_entries(rows: RowCollector, name: str, entries: Iterable[_Entry]) -> FaceDataset:
    for path, open_file in entries:
        if not _shows_face(path):
            continue
        try:
            face = read_face(_content(open_file))
        except (ImageError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            rows.leave_out(f"{path}: {error}")
            continue
        emotion = parse_emotion(path.parent.name) or ""
        split = _SPLIT_FOLDERS.get(path.parent.parent.name.lower(), "train")
        rows.add(face, EMOTIONS.index(emotion), split, str(path))
    if not len(rows):
        raise DatasetError(
            f"{name} holds no readable faces: expected folders named {', '.join(EMOTIONS)}, "
            f"directly or under train/ and test/. {' '.join(rows.problems[:1])}".rstrip()
        )
    return rows.finished()


def _content(open_file: Callable[[], BinaryIO]) -> bytes:
    with open_file() as file:
        content = file.read(_USUAL_BYTES)
        if len(content) == _USUAL_BYTES:
            content += file.read(MAX_PICTURE_BYTES + 1 - _USUAL_BYTES)
    if len(content) > MAX_PICTURE_BYTES:
        raise ImageError(f"The picture is larger than {MAX_PICTURE_BYTES // 2**20} MiB.")
    return content
