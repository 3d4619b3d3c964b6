"""Every promise in docs/reliability.md names a test that exists."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
ROWS = [line for line in (PROJECT / "docs" / "reliability.md").read_text().splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:60])
def test_every_promise_names_tests_that_exist(row: str) -> None:
    fault, promise, tests = (cell.strip() for cell in row.strip("|").split("|"))
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
    assert fault and promise and named
    for file, name in named:
        functions = ast.walk(ast.parse((PROJECT / file).read_text()))
        assert name in {node.name for node in functions if isinstance(node, ast.FunctionDef)}, f"{file}::{name}"
