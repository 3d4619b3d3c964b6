"""What the pages share."""

import os
from pathlib import Path

from pages.components.cache import _last_change


def test_a_table_that_is_written_anew_in_its_folder_is_a_change(tmp_path: Path) -> None:
    before = set[int]()
    for seconds, name in enumerate(("fer2013.csv", "faces.parquet", "fer2013.csv", "notes.txt")):
        (tmp_path / name).touch()
        os.utime(tmp_path, (1, 1))
        os.utime(tmp_path / name, (seconds + 2, seconds + 2))
        before.add(_last_change(str(tmp_path)))
    assert before == {2 * 10**9, 3 * 10**9, 4 * 10**9}, "the notes are none of the data"
