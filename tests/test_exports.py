import csv
import io

import pandas as pd
import pytest

from emotion_core.exports import to_csv, without_formulas


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_what_a_spreadsheet_would_calculate_becomes_text(start: str) -> None:
    table = pd.DataFrame({"path": [f"{start}HYPERLINK(0)", "a.jpg", None], "x": [1, 2, 3]})
    rows = list(csv.DictReader(io.StringIO(to_csv(table))))
    shown = start if start.isprintable() or start == "\t" else " "
    assert [row["path"] for row in rows] == [f"'{shown}HYPERLINK(0)", "a.jpg", ""]


def test_numbers_stay_numbers() -> None:
    table = pd.DataFrame({"x": [-3, 4], "share": [-0.5, float("nan")], "count": pd.array([-1, None], "Int64")})
    assert to_csv(table) == "x,share,count\n-3,-0.5,-1\n4,,\n"
    assert without_formulas(table).dtypes.tolist() == table.dtypes.tolist()


@pytest.mark.parametrize("name", ['a",=1+1,"b', "a\r=1+1", "a\n=1+1", "a\r\n=1+1"])
def test_a_separator_in_a_name_opens_no_cell_of_its_own(name: str) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(pd.DataFrame({"path": [name], "x": [1]})))))
    assert rows == [{"path": name.replace("\r", " ").replace("\n", " "), "x": "1"}]
