"""What Streamlit's theme has no option for, on every page: contrasts of at least 4.5 to 1 (WCAG 2, 1.4.3)."""

import streamlit as st

_CSS = """
[data-testid="stCaptionContainer"] { opacity: .8; }
[data-testid="stCaptionContainer"], [data-testid="stCaptionContainer"] p { color: inherit; }
[data-testid="stBaseButton-primary"] p { color: light-dark(#fff, #12171d); }
"""


def use_app_style() -> None:
    """Once a run of every page."""
    st.html(f"<style>{_CSS}</style>")
