"""Single files: written whole, read without trust."""

from pathlib import Path

import pytest

from emotion_core import files
from emotion_core.files import free_disk_mib, read_json, read_text, reason, write_bytes, write_json


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_json(tmp_path / "status.json", {"state": "running"})

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for step in ("fdopen", "fsync"):
        with monkeypatch.context() as patched, pytest.raises(OSError, match="No space left"):
            patched.setattr(files.os, step, full)
            write_json(tmp_path / "status.json", {"state": "finished"})
        assert read_json(tmp_path / "status.json") == {"state": "running"}
        assert [file.name for file in tmp_path.iterdir()] == ["status.json"]


def test_a_file_is_on_the_disk_before_it_has_its_name_and_its_name_before_the_call_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = files.os.fsync, Path.replace
    monkeypatch.setattr(files.os, "fsync", lambda handle: (steps.append("sync"), fsync(handle))[1])
    monkeypatch.setattr(Path, "replace", lambda self, path: (steps.append("name"), replace(self, path))[1])
    write_bytes(tmp_path / "kept", b"content")
    assert steps == ["sync", "name", "sync"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]", b"7", b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_a_file_that_is_no_object_reads_as_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(content)
    assert read_json(tmp_path / "x.json") is None


def test_a_json_file_too_large_to_be_ours_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.json").write_text('{"a": "' + 200 * "x" + '"}')
    assert read_json(tmp_path / "x.json") is not None
    monkeypatch.setattr(files, "MAX_JSON_BYTES", 100)
    assert read_json(tmp_path / "x.json") is None


def test_of_a_long_text_only_the_end_or_the_beginning_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"first\n" + bytes(2**20) + b"\xff\nlast")
    assert read_text(path).startswith("first\n") and read_text(path, end=True).endswith("\nlast")
    assert len(read_text(path)) == len(read_text(path, end=True)) == 256 * 1024
    assert "\0" not in read_text(path)
    assert read_text(tmp_path / "none") == read_text(tmp_path) == ""


def test_the_reason_of_an_error_names_no_place_on_the_server(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=str(tmp_path)) as caught:
        (tmp_path / "none").read_text()
    assert reason(caught.value) == "No such file or directory"


def test_room_on_the_disk_is_known_for_folders_still_to_be_made(tmp_path: Path) -> None:
    assert free_disk_mib(tmp_path / "a" / "b") > 0
