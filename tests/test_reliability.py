"""Every promise in docs/reliability.md names a test that exists, and so does every other document that names one."""

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


@pytest.mark.parametrize("document", [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")], ids=lambda path: path.name)
def test_tests_and_benchmarks_that_a_document_names_exist(document: Path) -> None:
    text = document.read_text()
    modules = re.findall(r"python -m ((?:benchmarks|deploy|tests)\.[\w.]+)", text)
    named = [*re.findall(r"`(tests/[\w/]+(?:\.py)?)", text), *(f"{module.replace('.', '/')}.py" for module in modules)]
    assert [name for name in named if not (PROJECT / name).exists()] == []
