"""Texts that name other files and addresses, sent under a video's name: FFmpeg follows them where it is let."""


def hls(*addresses: str, key: str = "") -> bytes:
    secret = f'#EXT-X-KEY:METHOD=AES-128,URI="{key}"\n' if key else ""
    parts = "".join(f"#EXTINF:10,\n{address}\n" for address in addresses)
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n{secret}{parts}#EXT-X-ENDLIST\n".encode()


def concat(*names: str) -> bytes:
    return "".join(["ffconcat version 1.0\n", *(f"file '{name}'\n" for name in names)]).encode()


def dash(address: str) -> bytes:
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" minBufferTime="PT1S" '
        'mediaPresentationDuration="PT9S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011">'
        '<Period><AdaptationSet mimeType="video/mp4">'
        '<Representation id="1" bandwidth="1000" codecs="avc1" width="64" height="48">'
        f'<BaseURL>{address}</BaseURL><SegmentBase indexRange="0-100"/>'
        "</Representation></AdaptationSet></Period></MPD>"
    ).encode()


def session(port: int) -> bytes:
    """SDP: a reader that obeys listens on this UDP port."""
    lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=x", "c=IN IP4 127.0.0.1", "t=0 0"]
    lines += [f"m=video {port} RTP/AVP 96", "a=rtpmap:96 H264/90000", ""]
    return "\n".join(lines).encode()


def redirector(address: str) -> bytes:
    """Windows Media's."""
    return f"[Reference]\r\nRef1={address}\r\n".encode()


def subtitle_index() -> bytes:
    """VobSub: its pictures lie in the .sub beside it."""
    return b"# VobSub index file, v7 (do not modify this line!)\nsize: 720x576\ntimestamp: 00:00:01:000, filepos: 0\n"
