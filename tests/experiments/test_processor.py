from pathlib import Path

import pytest

from emotion_core.experiments.processor import fastest_precision


@pytest.mark.parametrize(
    ("flags", "precision"),
    [("fpu sse2 avx512_bf16", "bfloat16"), ("fpu amx_bf16 amx_tile", "bfloat16"), ("fpu sse2 avx2", "float32")],
)
def test_bfloat16_is_chosen_where_the_processor_knows_it(flags: str, precision: str, tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\nmodel name\t: amx_bf16 in a name counts for nothing\nflags\t\t: {flags}\n")
    assert fastest_precision(cpuinfo) == precision


def test_without_a_list_of_instructions_it_is_float32(tmp_path: Path) -> None:
    assert fastest_precision(tmp_path / "none") == "float32"
