"""Parts of a page that run by themselves."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

_P = ParamSpec("_P")


def fragment(run_every: float | None = None) -> Callable[[Callable[_P, None]], Callable[_P, None]]:
    """`st.fragment` with a container around it, which keeps the place of what it draws.

    Where a fragment runs again before the browser has what the page's own run drew of it, Streamlit 1.67 sends only the
    newer drawing, and the browser takes the old one away in between. What lies behind it in the same container would
    move up, and then be drawn twice or, where a gap is left, leave an empty page. run_every: seconds.
    """

    def decorate(part: Callable[_P, None]) -> Callable[_P, None]:
        alone = st.fragment(part, run_every=run_every)

        @wraps(part)
        def in_own_place(*arguments: _P.args, **options: _P.kwargs) -> None:
            with st.container():
                alone(*arguments, **options)

        return in_own_place

    return decorate
