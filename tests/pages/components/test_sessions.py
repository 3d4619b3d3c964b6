"""What a visitor brought goes with the closed tab, also when nobody comes after."""

import asyncio
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from pages.components import sessions


class Session:
    """Refers to itself, as Streamlit's do."""

    def __init__(self) -> None:
        self.id, self.me, self.session_state, self.is_shut_down = "closed", self, {"picture": b"a face"}, False

    def shutdown(self) -> None:
        self.is_shut_down = True


def closed(seconds: float, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session whose tab has closed and may come back for so long."""
    storage, session = MemorySessionStorage(ttl_seconds=seconds), Session()  # type: ignore[arg-type]
    manager = WebsocketSessionManager(storage, None, None, None)  # type: ignore[arg-type]
    monkeypatch.setattr(sessions.runtime, "exists", lambda: True)
    monkeypatch.setattr(sessions.runtime, "get_instance", lambda: SimpleNamespace(_session_mgr=manager))
    storage.save(SessionInfo(client=None, session=session, script_run_count=1))  # type: ignore[arg-type]
    return session


def serve_until(condition: Callable[[], bool]) -> None:
    async def serve() -> None:
        sweeping = asyncio.create_task(sessions.forget_closed_sessions(0.01))
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.01)
        assert not sweeping.done()
        sweeping.cancel()

    with ThreadPoolExecutor(1) as thread:  # the browser tests leave a loop running in this one
        thread.submit(asyncio.run, serve()).result()


def test_what_a_session_held_goes_when_it_has_expired_though_nobody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    session = closed(0.05, monkeypatch)
    serve_until(lambda: not session.session_state)
    assert session.is_shut_down


def test_the_session_itself_goes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = weakref.ref(closed(0.05, monkeypatch))
    serve_until(lambda: gone() is None)


def test_a_tab_that_may_come_back_finds_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    session, looks = closed(60, monkeypatch), iter(range(10))
    serve_until(lambda: next(looks) == 9)
    assert session.session_state and not session.is_shut_down


def test_a_session_that_another_tab_has_pushed_out_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit drops expired sessions whenever a tab closes, and ends only those that nothing holds on to."""
    session, looks = closed(0.2, monkeypatch), 0
    storage = sessions.runtime.get_instance()._session_mgr._session_storage  # type: ignore[attr-defined]

    def is_over() -> bool:
        nonlocal looks
        looks += 1
        if looks > 5:
            len(storage._cache)  # as often as tabs close on a busy server
        return session.is_shut_down

    serve_until(is_over)


def test_a_session_that_came_back_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    session, looks = closed(60, monkeypatch), 0
    manager = sessions.runtime.get_instance()._session_mgr

    def came_back() -> bool:
        nonlocal looks
        looks += 1
        if looks == 5:
            info = manager._session_storage.get("closed")  # type: ignore[attr-defined]
            manager._session_storage.delete("closed")  # type: ignore[attr-defined]
            manager._active_session_info_by_id["closed"] = info  # type: ignore[attr-defined]
        return looks > 15

    serve_until(came_back)
    assert session.session_state and not session.is_shut_down
