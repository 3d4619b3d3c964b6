"""The button that hands a file over."""

import mimetypes
from collections.abc import Callable

from streamlit.delta_generator import DeltaGenerator


def offer_file(
    place: DeltaGenerator,
    label: str,
    data: str | bytes | Callable[[], str | bytes],
    file_name: str,
    *,
    icon: str | None = None,
) -> None:
    """Draw a download button; ``data`` may be a function, called at the click.

    The click does not run the page again. A new run gives such a function a new address, and a click whose request
    came after it would ask for one that is gone.
    """
    mime = mimetypes.guess_type(file_name)[0] or "application/octet-stream"
    place.download_button(label, data, file_name, mime, on_click="ignore", icon=icon, width="stretch")
