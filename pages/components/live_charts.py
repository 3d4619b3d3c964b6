"""The live page's figures as plain HTML: they are shown anew four times a second for every visitor, and drawn by Plotly
each would take ten times as long on the server, while all frames wait for the interpreter, and long in the browser."""

import base64
from collections.abc import Mapping, Sequence

import numpy as np

from emotion_core.charts.style import UNCERTAIN_GRAY
from emotion_core.emotions import COLOURS, EMOTIONS
from emotion_core.vision.faces.face import Face
from emotion_core.vision.live.session_log import TIMELINE_SECONDS
from emotion_core.wording import UNCERTAIN

_SHARE_COLOURS = {**COLOURS, UNCERTAIN: UNCERTAIN_GRAY}

_ROW = (
    '<div class="row {kind}"><span class="name">{name}</span><span class="track"><span class="bar" '
    'style="width:{share:.1%};background:{colour}"></span></span><span class="share">{text}</span></div>'
)
_WIDTH, _HEIGHT = 480, 100  # of the time line's coordinates
_MAX_STEP = 1.0  # seconds without a row after which the line breaks, as the face was not seen


def answer_html(
    heading: str, hint: str, face: Face | None, faces: Sequence[Face], rows: np.ndarray, figures: str
) -> str:
    """All that is said of one moment, as one piece of the page that changes as a whole.

    face: the one that is read out; faces: all in sight, a row for each where there are several; rows: of the time line,
    see `timeline_html`, none before there is one; figures: a line below.
    """
    parts = [f"<h3>{heading}</h3>", f'<div class="hint">{hint}</div>']
    if len(faces) > 1:
        parts += ['<div class="faces" role="figure" aria-label="faces">', *map(_face_row, faces), "</div>"]
    parts.append(bars_html(face.probabilities if face else None))
    if len(rows):
        parts.append(timeline_html(rows, TIMELINE_SECONDS))
    return f'<div class="live-answer">{"".join(parts)}<div class="small figures">{figures}</div></div>'


def _face_row(face: Face) -> str:
    colour = _SHARE_COLOURS[UNCERTAIN if face.is_uncertain else face.emotion]
    return _ROW.format(kind="face", name=face.track_id, share=face.confidence, colour=colour, text=face.answer)


def bars_html(probabilities: Mapping[str, float] | None) -> str:
    """Seven horizontal bars, always in the same order and to the same scale; empty ones without a face.

    probabilities: by emotion name.
    """
    rows = []
    for name in EMOTIONS:
        share = probabilities[name] if probabilities else 0.0
        text = f"{share:.0%}" if probabilities else ""
        rows.append(_ROW.format(kind="emotion-bar", name=name, share=share, colour=COLOURS[name], text=text))
    return f'<div role="figure" aria-label="probabilities">{"".join(rows)}</div>'


def timeline_html(rows: np.ndarray, seconds: float) -> str:
    """The last `seconds` of one face, a line an emotion in the colours of the bars, from 0 to 100 %.

    rows: with a field `time` (seconds from now, rising, not above 0) and one for each emotion (0 to 1), as
    `SessionLog.recent` gives them.
    """
    across = np.rint((rows["time"] + seconds) / seconds * _WIDTH).astype(int)
    breaks = np.flatnonzero(np.diff(rows["time"]) > _MAX_STEP) + 1
    lines = "".join(
        f'<path d="{_path(across, np.rint((1 - rows[name]) * _HEIGHT).astype(int), breaks)}" stroke="{COLOURS[name]}"/>'
        for name in EMOTIONS
    )
    # as a picture, because st.html leaves out inline SVG
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -2 {_WIDTH} {_HEIGHT + 4}" preserveAspectRatio="none">'
        '<g fill="none" stroke-width="2" stroke-linejoin="round">'
        f"<style>path{{vector-effect:non-scaling-stroke}}</style>{lines}</g></svg>"
    )
    image = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    return (
        f'<div class="small"><span>100 %</span></div><img class="lines" src="{image}" decoding="sync" '
        f'alt="probabilities of the last {seconds:.0f} seconds">'
        f'<div class="small"><span>{seconds:.0f} seconds ago</span><span>now</span></div>'
    )


def shares_html(seconds: Mapping[str, float]) -> str:
    """One bar, divided as the answers divided the time, and its legend.

    seconds: by emotion name, and of uncertain answers.
    """
    total = sum(seconds.values())
    shown = {name: seconds[name] / total for name in _SHARE_COLOURS if seconds.get(name)} if total else {}
    parts = "".join(
        f'<span title="{name}: {share:.1%}, {seconds[name]:.0f} s" '
        f'style="width:{share:.2%};background:{_SHARE_COLOURS[name]}"></span>'
        for name, share in shown.items()
    )
    legend = "".join(
        f'<span><span style="display:inline-block;width:.8rem;height:.8rem;border-radius:.2rem;margin-right:.4rem;'
        f'background:{_SHARE_COLOURS[name]}"></span>{name} {share:.0%}</span>'
        for name, share in shown.items()
    )
    return (
        '<div role="figure" aria-label="shares of the time"><div style="display:flex;height:1.6rem;border-radius:.2rem;'
        f'overflow:hidden;background:#8883">{parts}</div>'
        f'<div style="display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:.5rem 0">{legend}</div></div>'
    )


def _path(across: np.ndarray, down: np.ndarray, breaks: np.ndarray) -> str:
    """SVG's path through the points, begun anew at the breaks."""
    pieces = zip(np.split(across, breaks), np.split(down, breaks), strict=True)
    return "".join(
        "M" + "L".join(f"{x} {y}" for x, y in zip(xs.tolist(), ys.tolist(), strict=True))
        for xs, ys in pieces
        if len(xs)
    )
