"""A .zip to read from in place, whatever its headers say: few enough members, and no more bytes than allowed."""

import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from emotion_core.datasets.dataset import DatasetError

# FER2013 has 35,887 pictures, and each member costs some 10 microseconds and 1 KB before anything of it is read.
MAX_MEMBERS = 150_000
MAX_DIRECTORY_BYTES = 32 * 2**20  # 46 bytes, a name and some extras for each of them
MAX_UNPACKED_BYTES = 4 * 2**30  # of all that is read: MAX_MEMBERS pictures of 28 KB, or FER2013's csv 15 times
MAX_FILE_BYTES = 2**30  # of one that has to lie on disk meanwhile

_ENCRYPTED = 0x1  # bit of a member's flags
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others unpack as much as they like at a time in Python
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError)
_ARCHIVE_SUFFIXES = {".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"}


@dataclass(frozen=True)
class PackedFile:
    """One file of a .zip. path: inside it; open: a stream of its bytes, which are counted. Raises `DatasetError`."""

    path: PurePosixPath
    open: Callable[[], BinaryIO]


@contextmanager
def open_zip(path: Path) -> Iterator[list[PackedFile]]:
    """The files of a .zip by name, without those that macOS adds. Raises `DatasetError`, also while it is open."""
    with _opened(path) as archive:
        budget = _Budget(path.name)
        members = sorted(
            (info for info in archive.infolist() if info.filename and not info.is_dir()), key=lambda info: info.filename
        )
        files = [_packed_file(archive, info, budget) for info in members]
        try:
            yield [file for file in files if "__MACOSX" not in file.path.parts]
        except _DAMAGE as error:
            raise _unreadable(path) from error


def holds_archive(files: list[PackedFile]) -> PurePosixPath | None:
    """The first file that is packed once more."""
    return next((file.path for file in files if file.path.suffix.lower() in _ARCHIVE_SUFFIXES), None)


def unpacked(packed: PackedFile) -> BinaryIO:
    """A file with what one member holds. It has no name, so a crash leaves nothing. Raises `DatasetError`."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 it goes to whoever asked
    try:
        with packed.open() as stream:
            while content := stream.read(2**20):
                if file.tell() > MAX_FILE_BYTES:
                    raise DatasetError(f"{packed.path.name} is larger than {MAX_FILE_BYTES // 2**20:,} MiB.")
                file.write(content)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


class _Directory(io.BufferedReader):
    """A file whose directory of members is refused before it is parsed; zipfile reads it in one piece."""

    is_open = False

    def read(self, size: int | None = -1, /) -> bytes:
        if not self.is_open and size is not None and size > MAX_DIRECTORY_BYTES:
            raise self._too_many()
        content = super().read(size)
        if not self.is_open and content.count(b"PK\x01\x02") > MAX_MEMBERS:  # each entry begins with it
            raise self._too_many()
        return content

    def _too_many(self) -> DatasetError:
        name = Path(self.name).name
        return DatasetError(f"{name} has more than {MAX_MEMBERS:,} files in it; bring fewer in one .zip.")


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    with _Directory(io.FileIO(path)) as file:
        try:
            archive = zipfile.ZipFile(file)
        except DatasetError:
            raise
        except (*_DAMAGE, ValueError, struct.error, OverflowError, NotImplementedError) as error:
            raise _unreadable(path) from error
        file.is_open = True
        with archive:
            yield archive


class _Budget:
    """How many bytes may still be unpacked from one .zip."""

    def __init__(self, name: str) -> None:
        self.left = MAX_UNPACKED_BYTES
        self._name = name

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise DatasetError(f"{self._name} unpacks to more than {MAX_UNPACKED_BYTES // 2**30} GiB; bring less.")


class _CountedStream(io.BufferedIOBase, BinaryIO):
    """What a member unpacks to, counted as it comes."""

    def __init__(self, stream: io.BufferedIOBase, budget: _Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._counted(self._stream.read, size)

    def read1(self, size: int = -1, /) -> bytes:
        return self._counted(self._stream.read1, size)

    def close(self) -> None:
        self._stream.close()
        super().close()

    def _counted(self, read: Callable[[int], bytes], size: int | None) -> bytes:
        most = self._budget.left + 1
        content = read(most if size is None or size < 0 else min(size, most))
        self._budget.spend(len(content))
        return content


def _packed_file(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> PackedFile:
    path = PurePosixPath(info.filename)

    def open_member() -> BinaryIO:
        if info.flag_bits & _ENCRYPTED:
            raise DatasetError(f"{path.name} is protected by a password; pack it without one.")
        if info.compress_type not in _METHODS:
            raise DatasetError(f"{path.name} is packed in an unusual way; pack it with the usual method, Deflate.")
        return _CountedStream(cast(io.BufferedIOBase, archive.open(info)), budget)

    return PackedFile(path, open_member)


def _unreadable(path: Path) -> DatasetError:
    return DatasetError(f"{path.name} is not a readable .zip file.")
