"""Sessions of tabs that have closed: forgotten in time, also on a server that nobody visits any more."""

import asyncio
import gc

from streamlit import runtime
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

_EVERY = 10.0  # seconds


async def forget_closed_sessions(pause: float = _EVERY) -> None:
    """Runs beside the server, in its event loop, and never ends. pause: seconds between two looks.

    Streamlit keeps the session of a closed tab for `server.disconnectedSessionTTL` seconds, in case the tab comes back,
    but drops an expired one only when the next tab closes: without this, the last visitors' pictures and uploads would
    stay in memory until somebody else has come and gone.
    """
    while True:
        await asyncio.sleep(pause)
        if runtime.exists() and _forget_expired():
            gc.collect()  # a session refers to itself


def _forget_expired() -> int:
    """How many sessions have expired; their uploads and whatever their pages kept are dropped.

    Where Streamlit keeps them has no public name.
    """
    manager = runtime.get_instance()._session_mgr
    storage = manager._session_storage if isinstance(manager, WebsocketSessionManager) else None
    if not isinstance(storage, MemorySessionStorage):
        return 0
    cache = storage._cache
    known = dict(cache._data)  # type: ignore[attr-defined]
    len(cache)  # drops the expired ones
    expired = [info.session for name, info in known.items() if name not in cache._data]  # type: ignore[attr-defined]
    for session in expired:
        session.shutdown()
        session.session_state.clear()  # Streamlit's loop holds on to the session that it wrote to last
    return len(expired)
