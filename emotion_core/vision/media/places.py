"""Inputs and results on any file system that pyarrow opens: this computer's, s3://, gs://, hdfs://."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

from pyarrow import ArrowException, fs

from emotion_core.images import PICTURE_SUFFIXES
from emotion_core.vision.media.video_sampling import VIDEO_SUFFIXES

_UNQUOTED = "/!$&'()*+,;=:@"  # what a path in an address may hold as it is (RFC 3986), beside letters and digits


class PlaceError(ValueError):
    """A file system that cannot be opened, or does not answer; the message is one sentence."""


@dataclass(frozen=True)
class Place:
    """A file or folder. name: what the user calls it, a path or an address."""

    name: str

    def open(self) -> tuple[fs.FileSystem, str]:
        """The file system, and the path in it. Raises `PlaceError`."""
        try:
            uri = self.name if "://" in self.name else Path(self.name).absolute().as_uri()
            system, path = fs.FileSystem.from_uri(uri)
        except (ArrowException, OSError, ValueError) as error:
            raise PlaceError(f"{self.name} cannot be opened: {error}") from error
        return system, path

    @property
    def is_local(self) -> bool:
        return "://" not in self.name

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()

    def within(self, name: str) -> "Place":
        """A file in this folder. name: as the file system has it, with any character; in an address it is quoted."""
        return Place(f"{self.name.rstrip('/')}/{name if self.is_local else quote(name, _UNQUOTED)}")

    def open_file(self) -> BinaryIO:
        """To read and seek. Raises `PlaceError`."""
        system, path = self.open()
        try:
            return cast("BinaryIO", system.open_input_file(path))
        except (ArrowException, OSError) as error:
            raise PlaceError(f"{self.name} cannot be opened: {error}") from error


def expand_places(names: Iterable[str]) -> Iterator[Place]:
    """Files in order; a folder stands for the pictures and videos under it, by name. Raises `PlaceError`."""
    for name in names:
        system, path = Place(name).open()
        try:
            if system.get_file_info(path).type is not fs.FileType.Directory:
                yield Place(name)
                continue
            found = system.get_file_info(fs.FileSelector(path, recursive=True))
        except (ArrowException, OSError) as error:
            raise PlaceError(f"{name} cannot be listed: {error}") from error
        files = sorted(info.path for info in found if info.type is fs.FileType.File)
        for file in files:
            if Path(file).suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES:
                yield Place(name).within(file.removeprefix(path).lstrip("/"))
