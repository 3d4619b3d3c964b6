"""The walls between the rooms, read from the import statements themselves."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
CORE = PROJECT / "emotion_core"
GROUND_FLOOR = {
    "child_process",
    "control_groups",
    "decoding",
    "emotions",
    "folder_replacement",
    "exports",
    "file_lock",
    "files",
    "images",
    "jpeg",
    "limits",
    "process_memory",
    "validation",
    "wording",
}
# What each room may import besides itself and the ground floor. Every arrow points down.
MAY_IMPORT: dict[str, set[str]] = {
    "registry": set(),
    "experiments": {"registry"},
    "datasets": {"experiments", "registry"},
    "vision": {"experiments", "registry"},
    "evaluation": {"datasets", "vision", "experiments", "registry"},
    "training": {"evaluation", "datasets", "vision", "experiments", "registry"},
    "charts": {"registry"},
    "cli": {"training", "evaluation", "datasets", "vision", "experiments", "registry"},
}
# The same inside `vision`, in the order in which a face passes its rooms.
VISION_MAY_IMPORT: dict[str, set[str]] = {
    "assets": set(),
    "geometry": set(),
    "tflite": set(),
    "detection": {"assets", "geometry", "tflite"},
    "faces": {"geometry", "tflite", "detection"},
    "live": {"geometry", "tflite", "detection", "faces"},
    "media": {"assets", "geometry", "tflite", "detection", "faces"},
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


def rooms_of(folder: Path) -> dict[str, list[Path]]:
    """Each room of a folder with its files; a module that stands alone is a room of its own."""
    rooms: dict[str, list[Path]] = {}
    for file in sources(folder):
        room = file.relative_to(folder).parts[0].removesuffix(".py")
        if not room.startswith("__"):
            rooms.setdefault(room, []).append(file)
    return rooms


def imported_rooms(file: Path, prefix: str) -> set[str]:
    return {name.removeprefix(prefix).split(".")[0] for name in imports(file) if name.startswith(prefix)}


@pytest.mark.parametrize(("room", "files"), rooms_of(CORE).items(), ids=str)
def test_arrows_between_rooms_only_point_down(room: str, files: list[Path]) -> None:
    allowed = {room} | GROUND_FLOOR | (set() if room in GROUND_FLOOR else MAY_IMPORT[room])
    for file in files:
        assert imported_rooms(file, "emotion_core.") <= allowed, file


@pytest.mark.parametrize(("room", "files"), rooms_of(CORE / "vision").items(), ids=str)
def test_inside_vision_a_face_passes_its_rooms_in_one_direction(room: str, files: list[Path]) -> None:
    for file in files:
        assert imported_rooms(file, "emotion_core.vision.") <= {room} | VISION_MAY_IMPORT[room], file


def test_the_command_line_loads_training_only_inside_its_own_commands() -> None:
    for file in sources(CORE / "cli"):
        top = ast.parse(file.read_text()).body
        modules = {node.module or "" for node in top if isinstance(node, ast.ImportFrom)}
        assert not [module for module in modules if module.startswith("emotion_core.training")], file


def test_the_folder_pages_holds_exactly_the_pages_of_the_app() -> None:
    listed = re.findall(r'st\.Page\("pages/(\w+)\.py"', (PROJECT / "streamlit_app.py").read_text())
    assert len(listed) == 6
    assert {file.stem for file in (PROJECT / "pages").glob("*.py")} == set(listed)


def test_no_two_modules_share_a_name() -> None:
    files = [file for folder in ("emotion_core", "benchmarks", "deploy") for file in sources(PROJECT / folder)]
    files += sources(PROJECT / "pages" / "components")
    names = [file.stem for file in files if file.stem != "__init__" and file.parent.name != "cli"]
    assert {name for name, count in Counter(names).items() if count > 1} == set()


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
