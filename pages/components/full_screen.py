"""A button that lets the live page's video and answer fill the screen, for a demo."""

import streamlit as st

from pages.components.live_style import STAGE

_HTML = """
<button type="button" title="Full screen" aria-label="Full screen">
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path fill="none" stroke="currentColor"
        stroke-width="2" d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/></svg>
</button>
"""
_CSS = """
button { font: inherit; color: inherit; background: none; border: 1px solid var(--st-border-color);
    border-radius: var(--st-button-radius); padding: .55rem .6rem; cursor: pointer; display: flex; }
button[hidden] { display: none; }
button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
"""
_JS = """
export default function({ parentElement, data }) {
    const stage = () => document.querySelector(data), button = parentElement.querySelector("button");
    button.hidden = !document.fullscreenEnabled;  // as on an iPhone
    button.onclick = () => (document.fullscreenElement ? document.exitFullscreen() : stage()?.requestFullscreen());
}
"""
_button = st.components.v2.component("full_screen", html=_HTML, css=_CSS, js=_JS)


def offer_full_screen() -> None:
    """The button; Escape leads back."""
    _button(key="full_screen", data=f".st-key-{STAGE}")
