"""Quotas of uploads."""

from dataclasses import replace

import pytest

from emotion_core.limits import VISITOR
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
