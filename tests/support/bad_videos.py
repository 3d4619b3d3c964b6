"""The catalogue's videos."""

from collections.abc import Callable

from tests.support import hostile_formats as formats
from tests.support import hostile_mp4 as mp4
from tests.support import hostile_videos as videos
from tests.support import playlists
from tests.support.bad_inputs import EITHER, READ, REFUSED, VIDEO, BadInput, Canary
from tests.support.hostile_videos import plain, repeated


def _video(
    file_name: str, wrong: str, make: Callable[[Canary], bytes], outcome: str = EITHER, slow: bool = False
) -> BadInput:
    return BadInput(file_name.rpartition(".")[0], VIDEO, file_name, wrong, make, outcome, slow)


def _lying(
    file_name: str, wrong: str, make: Callable[[], bytes], outcome: str = EITHER, slow: bool = False
) -> BadInput:
    return _video(file_name, wrong, lambda canary: make(), outcome, slow)


_COSTLY = [
    _lying(
        "many_frames.mp4",
        "10,000 frames a second, for two seconds",
        lambda: repeated("mp4", "mpeg4", range(20_000), 10_000, plain_frame=True),
        READ,
        slow=True,
    ),
    _lying("table_bomb.mp4", "2 KB that announce 60 million frames", mp4.table_bomb, REFUSED),
    _lying("run_bomb.mp4", "the same in a fragment", mp4.run_bomb, REFUSED),
    _lying("edit_bomb.mp4", "an edit list that plays 2,000 frames 20,000 times", mp4.edit_bomb, READ, slow=True),
    _lying(
        "frame_8k.mp4",
        "7,680 x 4,320",
        lambda: repeated("mp4", "mpeg4", range(5), 10, 7_680, 4_320, True),
        REFUSED,
        slow=True,
    ),
    _lying(
        "grows_to_8k.avi",
        "64 x 48, and then 7,680 x 4,320",
        lambda: videos.sizes_change("avi", "mjpeg", [(64, 48), (7_680, 4_320)], 2),
        READ,
        slow=True,
    ),
    _lying(
        "png_frames.mov",
        "frames of 9,000 x 9,000, packed as PNG",
        lambda: repeated("mov", "png", range(2), 10, 9_000, 9_000, True),
        REFUSED,
        slow=True,
    ),
    _lying("wide.avi", "65,500 x 16", lambda: repeated("avi", "mjpeg", range(3), 10, 65_500, 16), READ),
    _lying("many_streams.mkv", "900 streams", videos.many_streams, READ),
]

_LYING = [
    _lying("empty_video.mp4", "no bytes at all", lambda: b"", REFUSED),
    _lying("cut_before_index.mp4", "the index at the end is gone", lambda: plain()[:-200], REFUSED),
    _lying("cut_video.mkv", "the first half", lambda: plain("matroska")[: len(plain("matroska")) // 2], READ),
    _lying("no_frames.mp4", "announces a picture and holds none", mp4.no_frames, REFUSED),
    _lying("only_sound.mp4", "no picture", videos.only_sound, REFUSED),
    _lying("broken_middle.mp4", "noise in the third quarter", lambda: videos.broken_middle(plain(count=60)), READ),
    _lying(
        "size_changes.avi",
        "64 x 48, and then 320 x 240",
        lambda: videos.sizes_change("avi", "mjpeg", [(64, 48), (320, 240)]),
        READ,
    ),
    _lying("frame_1x1.avi", "frames of one pixel", lambda: repeated("avi", "mjpeg", range(5), 10, 1, 1), READ),
    _lying(
        "before_the_beginning.mkv",
        "times below zero",
        lambda: repeated("matroska", "mpeg4", [-5_000, -4_000, 10, 20], 1_000),
        READ,
    ),
    _lying(
        "far_future.mkv",
        "a frame after 69 years",
        lambda: repeated("matroska", "mpeg4", [0, 1, 2**40, 2**41], 1_000),
        READ,
    ),
    _lying("long_header.mp4", "two seconds that say they are 68 years", mp4.long_header, READ),
    _lying("odd_rotation.mp4", "turned by a matrix of nonsense", mp4.odd_rotation, READ),
    _lying("picture_as_video.mp4", "a PNG", lambda: formats.saved(formats.face(), "PNG"), REFUSED),
    _lying("page_as_video.webm", "HTML", formats.html, REFUSED),
    _lying("animation_as_video.mp4", "a GIF", lambda: formats.saved(formats.face(), "GIF"), REFUSED),
    _lying("transport_stream.mp4", "MPEG-TS, which is not read", lambda: plain("mpegts"), REFUSED),
]

_NAMING_OTHERS = [
    _video(
        "hls_file.mp4",
        "a playlist of a file of the server",
        lambda canary: playlists.hls(f"file://{canary.file}"),
        REFUSED,
    ),
    _video("hls_path.mov", "the same by its path", lambda canary: playlists.hls(str(canary.file)), REFUSED),
    _video("hls_address.mp4", "a playlist of an address", lambda canary: playlists.hls(canary.address), REFUSED),
    _video(
        "hls_key.mkv",
        "a playlist whose key lies in a file",
        lambda canary: playlists.hls(canary.address, key=f"file://{canary.file}"),
        REFUSED,
    ),
    _video(
        "concat_beside.mp4",
        "a list that names a file in the server's folder",
        lambda canary: playlists.concat(canary.beside),
        REFUSED,
    ),
    _video(
        "concat_path.mp4",
        "a list that names a path",
        lambda canary: playlists.concat(str(canary.file), f"file:{canary.file}"),
        REFUSED,
    ),
    _video(
        "concat_itself.mp4",
        "a list that names itself",
        lambda canary: playlists.concat("video.mp4", "concat_itself.mp4"),
        REFUSED,
    ),
    _video(
        "concat_address.avi", "a list that names an address", lambda canary: playlists.concat(canary.address), REFUSED
    ),
    _video("dash_file.mp4", "a manifest that names a file", lambda canary: playlists.dash(str(canary.file)), REFUSED),
    _video(
        "dash_address.webm", "a manifest that names an address", lambda canary: playlists.dash(canary.address), REFUSED
    ),
    _video("session.mp4", "SDP that asks to listen on a port", lambda canary: playlists.session(canary.port), REFUSED),
    _video(
        "redirector.mp4", "a redirection to an address", lambda canary: playlists.redirector(canary.address), REFUSED
    ),
    _video(
        "subtitle_index.mkv", "an index of pictures in another file", lambda canary: playlists.subtitle_index(), REFUSED
    ),
    _video(
        "playlist_in_subtitles.avi",
        "a playlist that says it is a subtitle",
        lambda canary: videos.with_subtitles(playlists.hls(f"file://{canary.file}", canary.address)),
        READ,
    ),
    _video(
        "external_data.mov",
        "frames that lie in another file",
        lambda canary: mp4.external_data(str(canary.file)),
        REFUSED,
    ),
]

VIDEOS = [*_COSTLY, *_LYING, *_NAMING_OTHERS]
