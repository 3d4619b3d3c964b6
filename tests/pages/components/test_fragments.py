"""Parts of a page that run by themselves have places of their own."""

import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

PAGES = Path(__file__).resolve().parents[3] / "pages"


def _page() -> None:
    import streamlit as st

    from pages.components.fragments import fragment

    @fragment(run_every=1.0)
    def part(text: str) -> None:
        st.caption(text)
        st.button(text)

    part("first")
    fragment()(part)("second")
    st.write("third")


def test_what_a_fragment_draws_is_alone_in_a_container_of_the_page_itself() -> None:
    at = AppTest.from_function(_page).run()
    assert not at.exception and [button.label for button in at.button] == ["first", "second"]
    places = list(at.main.children.values())
    assert [place.type for place in places] == ["flex_container", "flex_container", "markdown"]
    for place in places[:2]:
        assert [inner.type for inner in place.children.values()] == ["flex_container"]


def test_pages_have_no_fragments_without_such_a_place() -> None:
    files = [path for path in sorted(PAGES.rglob("*.py")) if path.name != "fragments.py"]
    assert len(files) > 40
    assert not [
        path.name
        for path in files
        if re.search(r"\bst\.fragment\b|from streamlit import[^\n]*\bfragment\b", path.read_text())
    ]
