"""Archives that lie, built from zipfile's own records (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)."""

import bz2
import io
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache

from tests.support.hostile_formats import eps
from tests.support.hostile_pictures import face, packed_zeros, saved, webp

_LOCAL, _CENTRAL, _END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_STORED, _DEFLATED, _BZIP2, _ZSTD = 0, 8, 12, 93
_MIB = 2**20
_BLOCK = 45_899_235  # zeros in a block of bzip2 at its largest setting: runs of 255 take 5 of its 900,000 - 19 bytes
_BLOCK_MARK, _END_MARK = f"{0x314159265359:048b}", f"{0x177245385090:048b}"
_CSV_HEAD = b"emotion,pixels,Usage\n3,"


def small_png() -> bytes:
    return saved(face(48).convert("L"), "PNG")


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An honest archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@cache
def bzipped_zeros(head: bytes, blocks: int) -> bytes:
    """`head` and 46 MB of zeros a block as one bzip2 stream: blocks of zeros are alike, so one is packed and repeated.

    A stream is a header, blocks that each begin with the digits of pi and their checksum, and an end that begins with
    those of its root and holds all checksums folded together (https://en.wikipedia.org/wiki/Bzip2#File_format).
    """
    bits = "".join(f"{byte:08b}" for byte in bz2.compress(head + bytes(_zeros_in(1))))
    start, first, repeated, *rest = bits.split(_BLOCK_MARK)
    parts = [first] + [repeated] * blocks + [part.split(_END_MARK)[0] for part in rest]
    folded = 0
    for part in parts:
        folded = (folded << 1 & 0xFFFFFFFF | folded >> 31) ^ int(part[:32], 2)
    whole = _BLOCK_MARK.join([start, *parts]) + _END_MARK + f"{folded:032b}"
    return int(whole.ljust(-(-len(whole) // 8) * 8, "0"), 2).to_bytes(-(-len(whole) // 8))


def _zeros_in(blocks: int) -> int:
    return (blocks + 1) * _BLOCK + _BLOCK // 2


@dataclass(frozen=True)
class _Member:
    """What the records of an archive say of a member."""

    name: bytes
    method: int = _STORED
    checksum: int = 0
    packed: int = 0
    size: int = 0

    @property
    def _fields(self) -> bytes:
        sizes = (self.checksum, self.packed, self.size)
        return struct.pack("<HHHHHIIIHH", 46, 0, self.method, 0, 33, *sizes, len(self.name), 0)

    @property
    def local(self) -> bytes:
        return _LOCAL + self._fields + self.name

    def central(self, offset: int) -> bytes:
        return _CENTRAL + struct.pack("<H", 46) + self._fields + struct.pack("<HHHII", 0, 0, 0, 0, offset) + self.name


def _closed(contents: bytes, directory: bytes, count: int) -> bytes:
    """An archive of records. Where their count does not fit, zip64 says it."""
    end = _END + struct.pack("<HHHHIIH", 0, 0, min(count, 65_535), min(count, 65_535), len(directory), len(contents), 0)
    if count >= 65_535:
        wide = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(directory), len(contents))
        end = b"PK\6\6" + wide + b"PK\6\7" + struct.pack("<IQI", 0, len(contents) + len(directory), 1) + end
    return contents + directory + end


def liar(name: str, head: bytes, blocks: int, said: int | None) -> bytes:
    """A member of `head` and then zeros, 46 MB a block, said to unpack to `said` bytes (None: the truth)."""
    content = bzipped_zeros(head, blocks)
    size = len(head) + _zeros_in(blocks) if said is None else said
    member = _Member(name.encode(), _BZIP2, _checksum(head, size), len(content), size)
    return _closed(member.local + content, member.central(0), 1)


def _checksum(head: bytes, size: int) -> int:
    """CRC-32 of the first `size` bytes: what a reader that believes the header gets is right."""
    checksum, left = zlib.crc32(head), size - len(head)
    for start in range(0, left, _MIB):
        checksum = zlib.crc32(bytes(min(_MIB, left - start)), checksum)
    return checksum


def lying_picture() -> bytes:
    return liar("happy/a.png", b"", 20, 5_000)


def lying_table() -> bytes:
    return liar("fer2013.csv", _CSV_HEAD, 20, 5_000)


def honest_table_bomb() -> bytes:
    """A gigabyte of csv in one cell, and its header says so."""
    return liar("fer2013.csv", _CSV_HEAD, 20, None)


def lying_deflated(mebibytes: int = 300) -> bytes:
    """The same in the usual compression, of which a file needs a thousandth."""
    content, said = packed_zeros(mebibytes * _MIB)[2:-4], 5_000
    member = _Member(b"happy/a.png", _DEFLATED, _checksum(b"", said), len(content), said)
    return _closed(member.local + content, member.central(0), 1)


def many_empty_members(count: int = 300_000) -> bytes:
    """Pictures of no bytes."""
    locals_, centrals, offset = [], [], 0
    for number in range(count):
        member = _Member(b"happy/%06d.png" % number)
        locals_.append(member.local)
        centrals.append(member.central(offset))
        offset += len(locals_[-1])
    return _closed(b"".join(locals_), b"".join(centrals), count)


def overlapping(count: int = 5_000, mebibytes: int = 10) -> bytes:
    """`count` entries of the directory for one packed member (after D. Fifield 2019, "A better zip bomb")."""
    content = packed_zeros(mebibytes * _MIB)[2:-4]  # zlib's frame taken off: raw deflate
    checksum = zlib.crc32(bytes(mebibytes * _MIB))
    names = [b"happy/%05d.png" % number for number in range(count)]
    members = [_Member(name, _DEFLATED, checksum, len(content), mebibytes * _MIB) for name in names]
    return _closed(members[0].local + content, b"".join(member.central(0) for member in members), count)


def large_pictures(count: int = 10, side: int = 7_000) -> bytes:
    """A few hundred bytes that are pictures of 49 megapixels, in every emotion."""
    return packed(
        {f"{emotion}/{number}.webp": webp(side, side) for emotion in ("happy", "sad") for number in range(count)}
    )


def outside(name: str) -> bytes:
    """A table and a picture under a name that leads out of the folder."""
    return packed({name: b"emotion,pixels,Usage\n", "happy/a.png": small_png()})


def outside_table(name: str) -> bytes:
    return packed({name: b"emotion,pixels,Usage\n3," + b"0 " * 2304 + b",Training\n"})


def link(target: str) -> bytes:
    """A symbolic link named like a picture."""
    buffer = io.BytesIO()
    info = zipfile.ZipInfo("happy/a.png")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, target)
    return buffer.getvalue()


def nested(depth: int = 6) -> bytes:
    """A .zip in a .zip in a .zip: ten copies in each."""
    inside = packed({"happy/a.png": small_png()})
    for _ in range(depth):
        inside = packed({f"happy/{number}.zip": inside for number in range(10)})
    return inside


def encrypted() -> bytes:
    """Members said to be encrypted."""
    archive = bytearray(packed({"happy/a.png": small_png()}))
    for mark, place in ((_LOCAL, 6), (_CENTRAL, 8)):
        archive[archive.index(mark) + place] |= 1
    return bytes(archive)


def same_names() -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")
        for _ in range(3):
            archive.writestr("fer2013.csv", "emotion,pixels,Usage\n")
    return buffer.getvalue()


def unknown_method(method: int = _ZSTD) -> bytes:
    """Members in a compression that is named and not known everywhere."""
    archive = bytearray(packed({"happy/a.png": small_png()}, zipfile.ZIP_STORED))
    for mark, place in ((_LOCAL, 8), (_CENTRAL, 10)):
        struct.pack_into("<H", archive, archive.index(mark) + place, method)
    return bytes(archive)


def no_directory() -> bytes:
    return packed({"happy/a.png": small_png()})[:-60]


def far_directory() -> bytes:
    """The directory is said to begin four gigabytes away."""
    archive = bytearray(packed({"happy/a.png": small_png()}))
    struct.pack_into("<II", archive, archive.index(_END) + 12, 2**32 - 2, 2**32 - 2)
    return bytes(archive)


def eps_inside() -> bytes:
    return packed({"happy/a.png": eps(), "sad/a.jpg": eps()})


def formula_names() -> bytes:
    return packed(
        {"happy/=cmd|'/C calc'!A0.png": small_png(), "sad/@SUM(1).png": small_png(), "fear/+1.png": b"no picture"}
    )
