"""What this computer's processor does best."""

from pathlib import Path

_BFLOAT16_FLAGS = {"amx_bf16", "avx512_bf16"}
_CPUINFO = Path("/proc/cpuinfo")


def fastest_precision(cpuinfo: Path = _CPUINFO) -> str:
    """The `precision` in which a network is trained fastest: bfloat16 where Linux lists an x86 processor's instructions
    for it, else float32."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # no Linux
        return "float32"
    flags = next((line for line in lines if line.startswith("flags")), "")
    return "bfloat16" if _BFLOAT16_FLAGS & set(flags.split()) else "float32"
