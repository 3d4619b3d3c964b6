"""Data sets that a stranger could bring to hurt the reader: small files that ask for much memory or time."""

import io
import struct
import zipfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

MIB = 2**20
CSV_HEADER = b"emotion,pixels,Usage\n"
_CENTRAL_SIZES = struct.Struct("<II")  # compressed, then unpacked size, 20 bytes into an entry of the directory


def lying_zip(path: Path, unpacked: int, member: str = "happy/0.png", method: int = zipfile.ZIP_BZIP2) -> Path:
    """A .zip whose only member unpacks to this many bytes, while its header says 1,000."""
    packed_zip(path, member, _zeros(unpacked), method)
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    packed, _ = _CENTRAL_SIZES.unpack_from(content, entry + 20)
    _CENTRAL_SIZES.pack_into(content, entry + 20, packed, 1000)
    path.write_bytes(content)
    return path


def zip_with_a_csv(path: Path, unpacked: int, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A small .zip with a csv of this many bytes, one endless row."""
    return packed_zip(path, "fer2013.csv", (CSV_HEADER, *_zeros(unpacked, b"0")), method)


def packed_zip(path: Path, member: str, parts: Iterable[bytes], method: int) -> Path:
    """A .zip with one member."""
    with zipfile.ZipFile(path, "w", method) as archive, archive.open(member, "w") as stream:
        for part in parts:
            stream.write(part)
    return path


def zip_of_empty_members(path: Path, count: int) -> Path:
    """A .zip with this many members of no bytes in a folder named like an emotion."""
    local, central, position = bytearray(), bytearray(), 0
    for number in range(count):
        name = b"happy/%d.png" % number
        sizes = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0)
        local += b"PK\x03\x04" + sizes + name
        central += b"PK\x01\x02\x14\x00" + sizes + struct.pack("<HHHII", 0, 0, 0, 0, position) + name
        position = len(local)
    # the old record's count of members ends at 65,535; readers go by the size of the directory
    end = struct.pack("<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(central), len(local), 0)
    path.write_bytes(bytes(local) + bytes(central) + b"PK\x05\x06" + end)
    return path


def zip_of_large_pictures(path: Path, count: int = 1, side: int = 7071) -> Path:
    """A .zip of black square pictures, 50 megapixels each, that pack to almost nothing."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(count):
            archive.writestr(f"happy/{number}.png", black_picture(side))
    return path


def encrypted_zip(path: Path) -> Path:
    """A .zip that says its member is encrypted."""
    packed_zip(path, "happy/0.png", [b"secret"], zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    path.write_bytes(content)
    return path


def csv_of_short_rows(path: Path, rows: int) -> Path:
    """A csv of this many rows of four bytes."""
    with path.open("wb") as file:
        file.write(b"emotion,pixels\n")
        for start in range(0, rows, 100_000):
            file.write(b"0,1\n" * min(100_000, rows - start))
    return path


def csv_of_wide_rows(path: Path, columns: int, rows: int = 1) -> Path:
    """A csv of this many empty columns beside those that are asked for."""
    row = b"," * columns + b"\n"
    with path.open("wb") as file:
        file.write(CSV_HEADER.rstrip() + row)
        for _ in range(rows):
            file.write(b"0,1,Training" + row)
    return path


def csv_without_line_ends(path: Path, size: int) -> Path:
    """A csv whose first row never ends."""
    with path.open("wb") as file:
        file.write(CSV_HEADER)
        file.writelines(_zeros(size, b"0"))
    return path


def csv_with_a_quote_left_open(path: Path, lines: int) -> Path:
    """A csv whose first row goes on over all lines, because each of them ends inside a quoted cell."""
    path.write_bytes(CSV_HEADER + b'"' + b'\n","' * lines)
    return path


def parquet_with_a_huge_unused_column(path: Path, elements: int) -> Path:
    """Parquet of one row: a picture, a label, and a list of this many equal numbers that nobody asks for."""
    unused = pa.ListArray.from_arrays(
        pa.array([0, elements], pa.int32()), pa.repeat(pa.scalar(7, pa.int32()), elements)
    )
    table = pa.table({"image": [{"bytes": face(), "path": None}], "label": [3], "unused": unused})
    pq.write_table(table, path, compression="zstd")
    del table, unused
    pa.default_memory_pool().release_unused()  # else reading would find this memory again and ask for none
    return path


def parquet_of_many_rows(path: Path, rows: int) -> Path:
    """Parquet of this many equal rows, each some thousandths of a byte."""
    picture = pa.StructArray.from_arrays([pa.repeat(pa.scalar(b"", pa.binary()), rows)], ["bytes"])
    table = pa.table({"image": picture, "label": pa.repeat(pa.scalar(3, pa.int8()), rows)})
    pq.write_table(table, path, row_group_size=rows, compression="zstd")
    return path


def parquet_with_a_huge_picture(path: Path, size: int, rows: int = 1) -> Path:
    """Parquet whose rows all point at one picture of this many zero bytes."""
    cells = pa.StructArray.from_arrays([pa.array([bytes(size)] * rows, pa.binary())], ["bytes"])
    table = pa.table({"image": cells, "label": [3] * rows})
    pq.write_table(table, path, compression="zstd", use_dictionary=rows > 1, write_statistics=False)
    return path


@lru_cache
def black_picture(side: int) -> bytes:
    """A square PNG of one bit a pixel."""
    buffer = io.BytesIO()
    Image.new("1", (side, side)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def face() -> bytes:
    """A gray picture of 48 x 48 pixels, as a PNG."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((48, 48)).save(buffer, "PNG")
    return buffer.getvalue()


def _zeros(size: int, value: bytes = b"\0") -> Iterator[bytes]:
    for start in range(0, size, MIB):
        yield value * min(MIB, size - start)
