"""The seven probabilities as plain HTML, for a page that shows them anew four times a second: drawn by Plotly they take
ten times as long on the server, and a new drawing each time in the browser."""

from collections.abc import Mapping

from emotion_core.emotions import COLOURS, EMOTIONS

_ROW = (
    '<div style="display:flex;align-items:center;gap:.6rem;height:1.9rem">'
    '<span style="width:4.5rem;text-align:right">{name}</span>'
    '<span style="flex:1"><span style="display:block;height:1.2rem;border-radius:.2rem;min-width:2px;'
    'width:{share:.1%};background:{colour};transition:width .25s"></span></span>'
    '<span style="width:2.8rem;font-variant-numeric:tabular-nums">{text}</span></div>'
)


def bars_html(probabilities: Mapping[str, float] | None) -> str:
    """Seven horizontal bars, always in the same order and to the same scale; empty ones without a face.

    probabilities: by emotion name.
    """
    rows = []
    for name in EMOTIONS:
        share = probabilities[name] if probabilities else 0.0
        text = f"{share:.0%}" if probabilities else ""
        rows.append(_ROW.format(name=name, share=share, colour=COLOURS[name], text=text))
    return f'<div role="figure" aria-label="probabilities" style="padding:.5rem 0 1rem">{"".join(rows)}</div>'
