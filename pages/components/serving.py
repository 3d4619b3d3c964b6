"""The server's start, and what a visitor sees when a page fails."""

import asyncio
import functools
import logging
import os
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from pages.components.server_load import SWITCH_INTERVAL
from pages.components.sessions import forget_closed_sessions

_log = logging.getLogger(__name__)
_preparing = threading.Lock()


def prepare_process() -> None:
    """Once for all visitors, before the first page."""
    with _preparing:
        _prepare()


@functools.cache
def _prepare() -> None:
    # What the pages need, loaded before it is set aside.
    from emotion_core import process_memory
    from emotion_core.charts import evaluation_charts, face_charts, training_charts  # noqa: F401
    from emotion_core.vision.detection.haar import scan_without_helpers
    from emotion_core.vision.live import stream  # noqa: F401
    from emotion_core.vision.media import uploads  # noqa: F401
    from pages.components import cleanup
    from pages.components.webrtc import drop_late_frames, read_datagrams_together

    cleanup.clean_up()
    scan_without_helpers()
    process_memory.return_freed_memory()
    process_memory.freeze_imported_modules()
    sys.setswitchinterval(SWITCH_INTERVAL)
    drop_late_frames()
    read_datagrams_together()


@asynccontextmanager
async def while_serving(app: Any) -> AsyncIterator[None]:
    """What goes on beside the visitors, from the server's start to its end."""
    # Until the first `st.navigation` of a process, Streamlit takes a folder `pages/` for its older kind of app: it runs
    # the script of the address by itself, with other navigation, and calls the first page /live, where a reload finds
    # nothing.
    PagesManager.uses_pages_directory = False
    sweeping = asyncio.create_task(forget_closed_sessions())
    try:
        async with opened_in_browser(app):
            yield
    finally:
        sweeping.cancel()


@asynccontextmanager
async def opened_in_browser(app: Any) -> AsyncIterator[None]:
    """Open the page in the browser of this computer, as `streamlit run` does for a script without a server of its own.

    Not where it was started with `--server.headless true`, nor on a Linux without a screen.
    """
    has_screen = not sys.platform.startswith("linux") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if has_screen and not st.get_option("server.headless"):
        loop = asyncio.get_running_loop()
        loop.call_soon(lambda: loop.run_in_executor(None, webbrowser.open, _address()))
    yield


def _address() -> str:
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    host = st.get_option("server.address") or "localhost"
    path = st.get_option("server.baseUrlPath").strip("/")
    return f"{scheme}://{host}:{st.get_option('server.port')}/{path}"


def show_failure(error: Exception) -> bool:
    """One sentence instead of a traceback, which names files of the server; the log has all of it."""
    _log.error("A page failed.", exc_info=error)
    st.error("Something went wrong on this page. The server's log has the details. The other pages still work.")
    return True
