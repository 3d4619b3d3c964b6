"""What a container says of its memory, in both versions of its files."""

from pathlib import Path

import pytest

from emotion_core import control_groups, process_memory

MIB = 2**20


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(control_groups, "GROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(control_groups, "OWN_GROUPS", tmp_path / "own")
    return tmp_path / "cgroup"


def write(folder: Path, **files: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(f"{content}\n")


def test_the_nearest_limit_counts_and_what_the_cache_can_give_back_does_not(groups: Path) -> None:
    (groups.parent / "own").write_text("0::/app/web\n")
    write(groups, memory__current=900 * MIB)
    write(groups / "app", memory__max=1024 * MIB, memory__current=400 * MIB, memory__stat=f"inactive_file {100 * MIB}")
    write(groups / "app" / "web", memory__max="max", memory__current=300 * MIB, memory__events="low 0\noom_kill 2")
    assert control_groups.memory_left() == 724 * MIB and control_groups.oom_kills() == 2
    write(groups / "app" / "web", memory__high=350 * MIB)
    assert control_groups.memory_left() == 50 * MIB
    assert process_memory.available_mib() == 50


def test_inside_a_container_the_own_group_is_the_outermost(groups: Path) -> None:
    (groups.parent / "own").write_text("0::/only/known/outside\n")
    write(groups, memory__max=512 * MIB, memory__current=112 * MIB, memory__events="oom_kill 0")
    assert control_groups.memory_left() == 400 * MIB and control_groups.oom_kills() == 0


def test_the_first_version_has_other_names(groups: Path) -> None:
    (groups.parent / "own").write_text("5:cpu:/x\n4:memory:/app\n0::/\n")
    write(
        groups / "memory" / "app",
        memory__limit_in_bytes=512 * MIB,
        memory__usage_in_bytes=500 * MIB,
        memory__stat=f"cache 1\ntotal_inactive_file {200 * MIB}",
        memory__oom_control="oom_kill_disable 0\nunder_oom 0\noom_kill 3",
    )
    write(groups / "memory", memory__limit_in_bytes=9223372036854771712, memory__usage_in_bytes=900 * MIB)
    assert control_groups.memory_left() == 212 * MIB and control_groups.oom_kills() == 3


@pytest.mark.parametrize("own", [None, "", "0::/gone\n", "4:memory:/gone\n"])
def test_without_limits_the_machine_alone_counts(own: str | None, groups: Path) -> None:
    if own is not None:
        (groups.parent / "own").write_text(own)
    assert control_groups.memory_left() is None and control_groups.oom_kills() is None
    assert process_memory.available_mib() > 0
