"""Quotas of uploads."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from emotion_core.limits import VISITOR
from pages.components import uploading
from pages.components.uploading import MIB, UploadLedger

LIMITS = replace(VISITOR, file_mib=10, visitor_mib=15, server_mib=20)


@pytest.fixture
def ledger() -> UploadLedger:
    made = UploadLedger(clock=lambda: 100.0)
    made.grant(LIMITS, "one")
    return made


def test_a_session_whose_page_has_no_uploader_may_upload_nothing(ledger: UploadLedger) -> None:
    assert ledger.refusal("one", "a", MIB, {}) == (0, "")
    assert ledger.refusal("stranger", "a", 1, {})[0] == 403
    ledger.grant(None, "one")
    assert ledger.refusal("one", "a", 1, {})[0] == 403


@pytest.mark.parametrize(
    ("size", "held", "status"),
    [
        (10, {}, 0),
        (11, {}, 413),
        (5, {"one": {"b": 10}}, 0),
        (6, {"one": {"b": 10}}, 413),
        (10, {"one": {"a": 10}}, 0),  # sent again, it takes the place of the old one
        (5, {"two": {"b": 15}}, 0),
        (6, {"two": {"b": 15}}, 503),
    ],
)
def test_uploads_stay_within_the_quotas(
    ledger: UploadLedger, size: int, held: dict[str, dict[str, int]], status: int
) -> None:
    in_bytes = {session: {file: mib * MIB for file, mib in files.items()} for session, files in held.items()}
    assert ledger.refusal("one", "a", size * MIB, in_bytes)[0] == status


def test_uploads_that_are_still_arriving_count(ledger: UploadLedger) -> None:
    ledger.arriving("one", "b", 10 * MIB)
    assert ledger.refusal("one", "a", 6 * MIB, {})[0] == 413
    ledger.done("one", "b")
    ledger.arriving("two", "b", 15 * MIB)
    assert ledger.refusal("one", "a", 6 * MIB, {})[0] == 503
    ledger.done("two", "b")
    assert ledger.refusal("one", "a", 6 * MIB, {})[0] == 0


def test_others_uploads_make_room_after_a_minute_the_oldest_first() -> None:
    now = [0.0]
    ledger = UploadLedger(lambda: now[0])
    for session, began in (("two", 10.0), ("three", 0.0), ("one", 0.0), ("four", 70.0)):
        now[0] = began
        ledger.grant(LIMITS, session)
        ledger.refusal(session, "a", 1, {})
    now[0] = 100.0
    held = {session: {"a": MIB} for session in ("one", "two", "three", "four")}
    assert ledger.idle("one", held) == [("three", "a"), ("two", "a")]


def test_sessions_that_have_ended_are_forgotten(ledger: UploadLedger) -> None:
    ledger.keep_only(lambda session: session != "one")
    assert ledger.refusal("one", "a", 1, {})[0] == 403


def test_a_session_has_a_number_of_files_however_small(ledger: UploadLedger) -> None:
    full = {"one": {str(number): 0 for number in range(LIMITS.files - 1)}}
    assert ledger.refusal("one", "a", 0, full)[0] == 0
    assert ledger.refusal("one", "b", 0, full)[0] == 413, "the other one is arriving"
    ledger.done("one", "a")
    assert ledger.refusal("one", "b", 0, full)[0] == 0


def test_what_was_let_in_goes_on_while_its_page_is_run_again(ledger: UploadLedger) -> None:
    ledger.refusal("one", "a", MIB, {})
    ledger.grant(None, "one")
    assert not ledger.is_excessive("one", "a", MIB, {})
    assert ledger.is_excessive("one", "a", 11 * MIB, {}) and ledger.is_excessive("one", "b", 1, {})


def test_uploads_that_are_not_held_any_more_are_forgotten(ledger: UploadLedger) -> None:
    for file in ("a", "b", "c"):
        ledger.refusal("one", file, 1, {"one": {"a": 1}})
        ledger.done("one", file)
    assert list(ledger._sessions["one"].admitted) == ["a", "c"]


def test_another_page_lets_go_of_what_was_uploaded(ledger: UploadLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = MemoryUploadedFileManager("/upload")
    page = SimpleNamespace(session_id="one", page_script_hash="photos", uploaded_file_mgr=manager)
    monkeypatch.setattr(uploading, "get_script_run_ctx", lambda: page)
    monkeypatch.setattr(uploading, "LEDGER", ledger)
    monkeypatch.setattr(st, "session_state", {})
    uploading.release_on_a_new_page()
    for session in ("one", "two"):
        manager.add_file(session, UploadedFileRec("a", "a", "", b"1"))
    ledger.refusal("one", "b", 1, {})
    uploading.release_on_a_new_page()
    assert manager.file_storage["one"] and not ledger.is_excessive("one", "b", 1, {})
    page.page_script_hash = "live"
    uploading.release_on_a_new_page()
    assert not manager.file_storage["one"] and manager.file_storage["two"]
    assert ledger.is_excessive("one", "b", 1, {}), "nobody waits for it any more"
