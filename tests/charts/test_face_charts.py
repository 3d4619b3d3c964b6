"""Tables as `face_charts` hands them to the pages."""

import pandas as pd
import pytest
from pandas.io.formats.style import Styler

from emotion_core.charts import face_charts


def test_a_table_too_large_to_colour_is_shown_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pd.DataFrame({"path": ["a.png"] * 3, "emotion": ["sad"] * 3, "time": [None] * 3})
    assert isinstance(face_charts.coloured(table), Styler)
    monkeypatch.setattr(face_charts, "_MAX_COLOURED_CELLS", 5)
    assert face_charts.coloured(table).columns.tolist() == ["path", "emotion"]
