"""Which uploads the server takes: asked for by a page that has an uploader, and within the quotas."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from streamlit.runtime.scriptrunner import get_script_run_ctx

from emotion_core.limits import Limits

MIB = 2**20
_IDLE = 60.0  # seconds after which an upload may have to make room for another visitor's


@dataclass
class _Session:
    """What one session may upload, and when each of its uploads began, by file id."""

    limits: Limits | None = None
    began: dict[str, float] = field(default_factory=dict)


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

    def refusal(self, session: str, file: str, arrived: int, held: Mapping[str, Mapping[str, int]]) -> tuple[int, str]:
        """HTTP status and sentence for an upload that must not go on, (0, "") for one that may.

        arrived: bytes of it so far, or announced; held: bytes of every finished upload, by session and file id.
        """
        with self._lock:
            entry = self._sessions.get(session)
            if entry is None or entry.limits is None:
                return 403, "This page takes no uploads."
            limits = entry.limits
            others = sum(size for name, size in held.get(session, {}).items() if name != file)
            others += sum(size for (owner, name), size in self._arriving.items() if owner == session and name != file)
            if arrived > limits.file_mib * MIB:
                return 413, f"Files can be at most {limits.file_mib} MB here."
            if others + arrived > limits.visitor_mib * MIB:
                return 413, f"All your files together can be at most {limits.visitor_mib} MB here. Remove some first."
            everything = sum(sum(files.values()) for files in held.values()) + sum(self._arriving.values())
            if everything - self._arriving.get((session, file), 0) + arrived > limits.server_mib * MIB:
                return 503, "The server holds too many uploads at the moment. Try again in a minute."
            entry.began.setdefault(file, self._clock())
            return 0, ""

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
                (self._sessions[owner].began.get(file, 0.0) if owner in self._sessions else 0.0, owner, file)
                for owner, files in held.items()
                if owner != session
                for file in files
            ]
        return [(owner, file) for began, owner, file in sorted(aged) if now - began > _IDLE]

    def keep_only(self, is_active: Callable[[str], bool]) -> None:
        """Forget the sessions that have ended."""
        with self._lock:
            self._sessions = {key: entry for key, entry in self._sessions.items() if is_active(key)}


LEDGER = UploadLedger()  # for the whole process: the gate and the pages meet here
