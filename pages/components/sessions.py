"""Sessions of tabs that have closed: forgotten in time, also on a server that nobody visits any more."""

import asyncio
import gc

from streamlit import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

_EVERY = 10.0  # seconds


async def forget_closed_sessions(pause: float = _EVERY) -> None:
    """Runs beside the server, in its event loop, and never ends. pause: seconds between two looks.

    Streamlit keeps the session of a closed tab for `server.disconnectedSessionTTL` seconds, in case the tab comes back,
    and drops an expired one when another tab closes, without a word to it: the last visitors' pictures and uploads
    would stay in memory until somebody else has come and gone, and a connection that was never made, for ever.
    """
    closed: dict[str, AppSession] = {}
    ended: list[AppSession] = []
    while True:
        await asyncio.sleep(pause)
        if ended:  # at the last look: no script of theirs runs any more
            _empty(ended)
            ended = []
            gc.collect()  # a session refers to itself
        if runtime.exists():
            ended = _expired(closed)
            _shut_down(ended)


def _shut_down(sessions: list[AppSession]) -> None:
    for session in sessions:
        session.shutdown()


def _empty(sessions: list[AppSession]) -> None:
    for session in sessions:
        session.session_state.clear()  # Streamlit's loop holds on to the session that it wrote to last


def _expired(closed: dict[str, AppSession]) -> list[AppSession]:
    """Sessions that were closed and cannot come back. closed: those of the last look, by id; brought up to date.

    Where Streamlit keeps them has no public name.
    """
    manager = runtime.get_instance()._session_mgr
    storage = manager._session_storage if isinstance(manager, WebsocketSessionManager) else None
    if not isinstance(storage, MemorySessionStorage):
        return []
    cache = storage._cache
    closed.update({name: info.session for name, info in dict(cache._data).items()})  # type: ignore[attr-defined]
    len(cache)  # drops the expired ones, as another tab that closed may have done since the last look
    gone = [name for name in closed if name not in cache._data]  # type: ignore[attr-defined]
    sessions = {name: closed.pop(name) for name in gone}
    return [session for name, session in sessions.items() if manager.get_active_session_info(name) is None]
