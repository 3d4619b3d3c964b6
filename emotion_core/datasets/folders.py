"""Reader for picture folders, `train/<emotion>/*` or plain `<emotion>/*`, on disk or inside a .zip."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from emotion_core.datasets.dataset import DatasetError, FaceDataset
from emotion_core.datasets.packed import open_zip
from emotion_core.emotions import EMOTIONS, parse_emotion
from emotion_core.images import ImageError, read_rgb, resize_face, to_gray

PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif"}
MAX_MEMBER_BYTES = 20 * 2**20  # a face is some kilobytes; this stops a zip bomb before it is unpacked

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

_Entry = tuple[PurePosixPath, Callable[[], bytes]]


def read_folder(path: Path) -> FaceDataset:
    """Every picture under a folder whose parent is named like an emotion. Raises `DatasetError`."""
    entries = (
        (PurePosixPath(file.relative_to(path).as_posix()), file.read_bytes)
        for file in sorted(path.rglob("*"))
        if file.is_file()
    )
    return _read_entries(path.name, entries)


def has_faces(path: Path) -> bool:
    """Whether a folder named like an emotion lies anywhere below."""
    return any(child.is_dir() and parse_emotion(child.name) for child in path.rglob("*"))


def read_zip(path: Path) -> FaceDataset:
    """The same from a .zip, read in place without unpacking it to disk. Raises `DatasetError`."""
    with open_zip(path) as archive:
        return _read_entries(path.name, _zip_entries(archive))


def _zip_entries(archive: zipfile.ZipFile) -> Iterator[_Entry]:
    def reader(info: zipfile.ZipInfo) -> Callable[[], bytes]:
        def read() -> bytes:
            if info.file_size > MAX_MEMBER_BYTES:
                raise ImageError(f"{info.filename} is larger than {MAX_MEMBER_BYTES // 2**20} MiB.")
            return archive.read(info)

        return read

    for info in sorted(archive.infolist(), key=lambda info: info.filename):
        if not info.is_dir():
            yield PurePosixPath(info.filename), reader(info)


def _read_entries(name: str, entries: Iterator[_Entry]) -> FaceDataset:
    images, labels, splits, references, problems = [], [], [], [], []
    for path, read in entries:
        emotion = parse_emotion(path.parent.name)
        if emotion is None or path.suffix.lower() not in PICTURE_SUFFIXES or "__MACOSX" in path.parts:
            continue
        try:
            images.append(resize_face(to_gray(read_rgb(read()))))
        except (ImageError, OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
            problems.append(f"{path}: {error}")
            continue
        labels.append(EMOTIONS.index(emotion))
        splits.append(_SPLIT_FOLDERS.get(path.parent.parent.name.lower(), "train"))
        references.append(str(path))
    if not images:
        raise DatasetError(
            f"{name} holds no readable faces: expected folders named {', '.join(EMOTIONS)}, "
            "directly or under train/ and test/."
        )
    return FaceDataset.from_rows(name, images, labels, splits, references, problems)
