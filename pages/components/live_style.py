"""How the live page is laid out: everything that matters while the video plays fits a laptop's screen."""

import streamlit as st

STAGE = "stage"  # key of the container that can fill the screen: video and answer

_CSS = """
.stMainBlockContainer { padding-top: 4.25rem; padding-bottom: 1rem; }
.live-title { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.live-answer h3 { padding: 0; margin: 0; font-size: 1.75rem; line-height: 2.25rem; }
.live-answer .hint { min-height: 1.5rem; opacity: .8; }
.live-answer .row { display: flex; align-items: center; gap: .6rem; height: 1.6rem; }
.live-answer .row .name { width: 4.5rem; text-align: right; }
.live-answer .row .track { flex: 1; }
.live-answer .row .bar { display: block; height: 1.05rem; border-radius: .2rem; min-width: 2px; }
.live-answer .row .share { width: 2.8rem; font-variant-numeric: tabular-nums; }
.live-answer .faces { margin-bottom: .4rem; }
.live-answer .face .name { width: 2rem; } .live-answer .face .track { flex: none; width: 5rem; }
.live-answer .face .share { flex: 1; white-space: nowrap; }
.live-answer .small { font-size: .8rem; opacity: .8; display: flex; justify-content: space-between; }
.live-answer .lines { display: block; width: 100%; height: 6.5rem; border: solid #8886; border-width: 1px 0; }
.live-answer .figures { margin-top: .5rem; }
.st-key-clip video { border-radius: .5rem; }
.st-key-clip video:not(:hover)::-webkit-media-controls { opacity: 0; }
[data-testid="stStatusWidget"] { display: none; }
.st-key-sample img { width: 100%; border-radius: .5rem; display: block; }
.st-key-clip video { max-height: max(16rem, 100vh - 21rem); background: none; }
@media (pointer: fine) { .st-key-facing { display: none; } }
.st-key-stage { scroll-margin-top: 4.25rem; }
.st-key-stage:fullscreen { background: light-dark(#fff, #12171d); padding: 1rem; overflow: auto; }
@media (min-width: 800px) {
    .st-key-stage:fullscreen > * > .stHorizontalBlock, .st-key-stage:fullscreen > .stHorizontalBlock {
        flex-wrap: nowrap; gap: 2rem; }
    .st-key-stage:fullscreen .stColumn { min-width: 0; }
    .st-key-stage:fullscreen .stColumn:has(iframe, .st-key-sample) {
        flex: 0 0 min(68%, (100vh - 6rem) * 4 / 3); }
}
"""


def use_live_style() -> None:
    """Once a run, before anything else. The heading is for those who listen to the page."""
    st.html(f"<style>{_CSS}</style>")
    st.html('<h1 class="live-title">Live</h1>')


def hide_leftovers() -> None:
    """For a run of the page that lasts: what the last run drew and this one does not is out of sight at once."""
    st.html(f"<style>.st-key-{STAGE} [data-stale=true] {{ display: none; }}</style>")
