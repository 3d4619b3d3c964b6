"""Which uploads the server takes: asked for by a page that has an uploader, and within the quotas."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from emotion_core.limits import Limits

MIB = 2**20
_IDLE = 60.0  # seconds after which an upload may have to make room for another visitor's
_PAGE = "page_of_uploads"  # in the session's state


@dataclass(frozen=True)
class _Upload:
    """One that was let in: when, and up to which sizes."""

    began: float
    limits: Limits


@dataclass
class _Session:
    """What one session may upload, and what was let in of it, by file id."""

    limits: Limits | None = None
    admitted: dict[str, _Upload] = field(default_factory=dict)


class UploadLedger:
    """Keeps count of uploads for all sessions. Safe between threads. clock: seconds that rise.

    Streamlit takes whatever is sent to its upload address for a session that lives, up to `server.maxUploadSize` each,
    any number of them, and holds them in memory until the session ends.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}
        self._arriving: dict[tuple[str, str], int] = {}

    def grant(self, limits: Limits | None, session: str = "") -> None:
        """Note what a session may upload from now on; None: nothing. session: the one whose script runs, if empty."""
        context = get_script_run_ctx()
        key = session or (context.session_id if context else "")
        with self._lock:
            self._sessions.setdefault(key, _Session()).limits = limits

    def refusal(self, session: str, file: str, size: int, held: Mapping[str, Mapping[str, int]]) -> tuple[int, str]:
        """HTTP status and sentence for an upload that must not begin, (0, "") for one that is let in.

        size: bytes of it, as announced; held: bytes of every finished upload, by session and file id.
        """
        with self._lock:
            entry = self._sessions.get(session)
            if entry is None or entry.limits is None:
                return 403, "This page takes no uploads."
            others = {*held.get(session, ()), *(name for owner, name in self._arriving if owner == session)} - {file}
            if len(others) >= entry.limits.files:
                return 413, f"You can have at most {entry.limits.files} files here at a time. Remove some first."
            status, sentence = self._excess(entry.limits, session, file, size, held)
            if not status:
                entry.admitted = {name: upload for name, upload in entry.admitted.items() if name in others}
                entry.admitted[file] = _Upload(self._clock(), entry.limits)
                self._arriving.setdefault((session, file), 0)
            return status, sentence

    def is_excessive(self, session: str, file: str, arrived: int, held: Mapping[str, Mapping[str, int]]) -> bool:
        """Whether an upload that was let in must end, whatever its page allows by now. arrived: bytes so far."""
        with self._lock:
            entry = self._sessions.get(session)
            upload = entry.admitted.get(file) if entry else None
            return upload is None or self._excess(upload.limits, session, file, arrived, held)[0] > 0

    def _excess(
        self, limits: Limits, session: str, file: str, size: int, held: Mapping[str, Mapping[str, int]]
    ) -> tuple[int, str]:
        others = sum(taken for name, taken in held.get(session, {}).items() if name != file)
        others += sum(taken for (owner, name), taken in self._arriving.items() if owner == session and name != file)
        if size > limits.file_mib * MIB:
            return 413, f"Files can be at most {limits.file_mib} MB here."
        if others + size > limits.visitor_mib * MIB:
            return 413, f"All your files together can be at most {limits.visitor_mib} MB here. Remove some first."
        everything = sum(sum(files.values()) for files in held.values()) + sum(self._arriving.values())
        if everything - self._arriving.get((session, file), 0) + size > limits.server_mib * MIB:
            return 503, "The server holds too many uploads at the moment. Try again in a minute."
        return 0, ""

    def withdraw(self, session: str) -> None:
        """Let no upload of a session go on that has begun."""
        with self._lock:
            if entry := self._sessions.get(session):
                entry.admitted = {}

    def arriving(self, session: str, file: str, arrived: int) -> None:
        """Count an upload that goes on; arrived: bytes so far."""
        with self._lock:
            self._arriving[session, file] = arrived

    def done(self, session: str, file: str) -> None:
        """An upload has ended, well or not."""
        with self._lock:
            self._arriving.pop((session, file), None)

    def idle(self, session: str, held: Mapping[str, Mapping[str, int]]) -> list[tuple[str, str]]:
        """Other sessions' uploads that are old enough to make room, the oldest first, as (session, file id)."""
        with self._lock:
            now = self._clock()
            aged = [
                (self._began(owner, file), owner, file)
                for owner, files in held.items()
                if owner != session
                for file in files
            ]
        return [(owner, file) for began, owner, file in sorted(aged) if now - began > _IDLE]

    def _began(self, session: str, file: str) -> float:
        upload = self._sessions.get(session, _Session()).admitted.get(file)
        return upload.began if upload else 0.0

    def keep_only(self, is_active: Callable[[str], bool]) -> None:
        """Forget the sessions that have ended."""
        with self._lock:
            self._sessions = {key: entry for key, entry in self._sessions.items() if is_active(key)}


LEDGER = UploadLedger()  # for the whole process: the gate and the pages meet here


def release() -> None:
    """Let go of everything that the session whose script runs has uploaded: its uploaders are gone."""
    if context := get_script_run_ctx():
        LEDGER.withdraw(context.session_id)
        context.uploaded_file_mgr.remove_session_files(context.session_id)


def release_on_a_new_page() -> None:
    """The same where the visitor has come from another page."""
    context = get_script_run_ctx()
    if context and st.session_state.get(_PAGE) != context.page_script_hash:
        st.session_state[_PAGE] = context.page_script_hash
        release()
