"""Tables that leave the program, as CSV or Parquet."""

import io

import pandas as pd
from pandas.api.types import is_numeric_dtype

# What makes a spreadsheet calculate a cell, or follow a link in it: OWASP, "CSV Injection",
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(table: pd.DataFrame) -> str:
    """The table as CSV, which no spreadsheet takes for formulas; its names may come from strangers."""
    return without_formulas(table).to_csv(index=False, lineterminator="\n")


def to_parquet(table: pd.DataFrame) -> bytes:
    """The table as a Parquet file, types and texts as they are."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before every text that a spreadsheet would calculate; numbers stay numbers."""
    texts = [name for name in table.columns if not is_numeric_dtype(table[name])]
    return table.assign(**{name: table[name].map(_as_text, na_action="ignore") for name in texts})


def _as_text(value: object) -> object:
    if not isinstance(value, str):
        return value
    line = value.replace("\r", " ").replace("\n", " ")  # after a line break another cell would begin
    return f"'{line}" if value.startswith(_FORMULA_STARTS) else line
