"""The walls between the rooms, read from the import statements themselves."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
CORE = PROJECT / "emotion_core"
# What each room may import of the core; the ground floor is open to all.
MAY_IMPORT = {
    "vision": {"vision", "store"},
    "datasets": {"datasets"},
    "store": {"store"},
    "training": {"training", "vision", "datasets", "store", "augmentation"},
}
GROUND_FLOOR = {
    "checked",
    "control_groups",
    "emotions",
    "exchange",
    "exports",
    "file_lock",
    "files",
    "images",
    "limits",
    "memory",
    "wording",
}


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


@pytest.mark.parametrize("file", sources(CORE), ids=lambda file: str(file.relative_to(CORE)))
def test_the_core_does_not_know_the_dashboard(file: Path) -> None:
    roots = {name.split(".")[0] for name in imports(file)}
    assert not roots & {"streamlit", "streamlit_webrtc", "pages"}


@pytest.mark.parametrize("file", [*sources(CORE), *sources(PROJECT / "pages"), PROJECT / "streamlit_app.py"], ids=str)
def test_tensorflow_lives_in_the_training_room(file: Path) -> None:
    if not file.is_relative_to(CORE / "training"):
        assert not {name.split(".")[0] for name in imports(file)} & {"tensorflow", "keras"}


@pytest.mark.parametrize("file", sources(PROJECT / "pages"), ids=lambda file: file.name)
def test_pages_reach_training_only_as_a_process(file: Path) -> None:
    assert not [name for name in imports(file) if name.startswith("emotion_core.training")]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_arrows_between_rooms_only_point_down(room: str) -> None:
    for file in sources(CORE / room):
        rooms = {name.split(".")[1] for name in imports(file) if name.startswith("emotion_core.")}
        assert rooms <= MAY_IMPORT[room] | GROUND_FLOOR, file


def test_the_app_imports_webrtc_before_anything_of_its_own() -> None:
    body = ast.parse((PROJECT / "streamlit_app.py").read_text()).body
    page = next(node for node in body if isinstance(node, ast.FunctionDef))
    imported = [ast.unparse(node) for node in page.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imported[0] == "import streamlit_webrtc"


@pytest.mark.parametrize("name", ["gateway", "serving"])
def test_what_the_server_itself_imports_is_light(name: str) -> None:
    reached, queue = set[str](), [f"pages.components.{name}"]
    while queue:
        module = queue.pop()
        if module in reached or not module.startswith(("pages.", "emotion_core.")):
            continue
        reached.add(module)
        file = PROJECT / (module.replace(".", "/") + ".py")
        top = ast.parse(file.read_text()).body if file.exists() else []
        queue += [node.module for node in top if isinstance(node, ast.ImportFrom) and node.module]
    assert {module for module in reached if module.startswith("emotion_core.")} <= {"emotion_core.limits"}
