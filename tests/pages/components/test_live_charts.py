"""The live page's figures in plain HTML."""

import base64
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from emotion_core.emotions import COLOURS, EMOTIONS
from emotion_core.wording import UNCERTAIN
from pages.components.live_charts import shares_html, timeline_html

FIELDS = np.dtype([("time", "f4"), *((name, "f4") for name in EMOTIONS)])


def drawn(html: str) -> dict[str, list[list[tuple[int, int]]]]:
    """The lines of the picture in the HTML: for each colour its pieces, each a list of points."""
    picture = re.search(r"base64,([^\"]+)", html)
    assert picture
    paths = ET.fromstring(base64.b64decode(picture[1])).iter("{http://www.w3.org/2000/svg}path")
    return {
        path.attrib["stroke"]: [
            [(int(x), int(y)) for x, y in re.findall(r"(\d+) (\d+)", piece)]
            for piece in path.attrib["d"].split("M")[1:]
        ]
        for path in paths
    }


def test_the_newest_row_is_at_the_right_and_a_sure_one_at_the_top() -> None:
    rows = np.zeros(3, FIELDS)
    rows["time"], rows["happy"], rows["sad"] = [-1.0, -0.5, 0.0], [0, 0.5, 1], [1, 0.5, 0]
    lines = drawn(timeline_html(rows, 60))
    assert set(lines) == set(COLOURS.values())
    assert lines[COLOURS["happy"]] == [[(472, 100), (476, 50), (480, 0)]]
    assert lines[COLOURS["sad"]] == [[(472, 0), (476, 50), (480, 100)]]


def test_lines_break_where_the_face_was_away_and_end_now() -> None:
    rows = np.zeros(4, FIELDS)
    rows["time"] = [-30.5, -30, -0.5, 0]
    pieces = drawn(timeline_html(rows, 60))[COLOURS["fear"]]
    assert [[x for x, _ in piece] for piece in pieces] == [[236, 240], [476, 480]]
    rows["time"] -= 15
    assert drawn(timeline_html(rows, 60))[COLOURS["fear"]][-1][-1][0] == 360, "a face that is away has no now"
    assert drawn(timeline_html(rows[:0], 60))[COLOURS["fear"]] == []


def test_shares_are_of_the_whole_time() -> None:
    html = shares_html({**dict.fromkeys(EMOTIONS, 0.0), "happy": 3.0, "sad": 1.0, UNCERTAIN: 4.0})
    assert re.findall(r'title="(\w+): ([\d.]+)%, (\d+) s" style="width:([\d.]+)%', html) == [
        ("happy", "37.5", "3", "37.50"),
        ("sad", "12.5", "1", "12.50"),
        ("uncertain", "50.0", "4", "50.00"),
    ]
    assert "angry" not in html
    assert "%" not in shares_html(dict.fromkeys(EMOTIONS, 0.0)).replace("width:100%", "")


@pytest.mark.parametrize("seconds", [30.0, 60.0])
def test_the_scale_says_how_long_it_is(seconds: float) -> None:
    assert f"{seconds:.0f} seconds ago" in timeline_html(np.zeros(0, FIELDS), seconds)
