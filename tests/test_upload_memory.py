"""What the dearest pictures and videos cost in memory, measured from outside."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import hostile_pictures, hostile_videos
from tests.test_images import tiled_tiff

PROJECT = Path(__file__).resolve().parents[1]
MAX_MIB = 250

# Prints how far the memory rises above what is resident before each of the pictures is read.
CHILD = """
import sys
from pathlib import Path
from emotion_core.images import ImageError, read_rgb
from emotion_core.process_memory import return_freed_memory

def mib(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024

return_freed_memory()
for path in sys.argv[1:]:
    content = Path(path).read_bytes()
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from now on
    before = mib("VmRSS")
    try:
        read_rgb(content)
        outcome = "read"
    except ImageError as error:
        outcome = "refused"
    print(outcome, mib("VmHWM") - before)
"""


READ = {
    "rgb": lambda: hostile_pictures.black_png(6_000, 4_000, 8, 2),
    "rgba": lambda: hostile_pictures.black_png(4_000, 3_000, 8, 6),
    "16-bit": lambda: hostile_pictures.black_png(4_000, 3_000, 16, 0),
    "webp": lambda: hostile_pictures.webp(6_000, 4_000),
    "webp with alpha": lambda: hostile_pictures.webp(4_000, 3_000, alpha=True),
    "progressive": lambda: hostile_pictures.jpeg_scans(9, side=4_800),
}
REFUSED = {
    "larger webp": lambda: hostile_pictures.webp(16_000, 16_000),
    "tile": lambda: tiled_tiff(60_000, 30_000),
    "scans": lambda: hostile_pictures.jpeg_scans(2_000, side=4_800),
    "private chunks": lambda: hostile_pictures.png(8, 8, 8, 2, hostile_pictures.chunk(b"prIv", b"") * 300_000),
}


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="The peak is read from Linux's /proc.")
def test_no_picture_takes_more_memory_than_promised(tmp_path: Path) -> None:
    names = [*READ, *REFUSED]
    for number, make in enumerate([*READ.values(), *REFUSED.values()]):
        (tmp_path / str(number)).write_bytes(make())
    command = [sys.executable, "-W", "ignore", "-c", CHILD, *(str(tmp_path / str(n)) for n in range(len(names)))]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=True)
    measured = {name: line.split() for name, line in zip(names, done.stdout.splitlines(), strict=True)}
    assert {name: outcome for name, (outcome, _) in measured.items()} == {
        **dict.fromkeys(READ, "read"),
        **dict.fromkeys(REFUSED, "refused"),
    }
    assert {name: peak for name, (_, peak) in measured.items() if float(peak) > MAX_MIB} == {}


ANALYZE = """
import sys
from pathlib import Path
from emotion_core.limits import VISITOR
from emotion_core.process_memory import return_freed_memory
from emotion_core.registry.active import active_model
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.analyzer import new_analyzer
from emotion_core.vision.media.uploads import analyze_upload

return_freed_memory()
analyzer = new_analyzer("blazeface", Classifier(active_model()))
for path in map(Path, sys.argv[1:]):
    error = analyze_upload(path.name, path.read_bytes(), analyzer, limits=VISITOR).error
    assert error is None, error
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) / 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="The peak is read from Linux's /proc.")
def test_a_whole_analysis_stays_within_what_a_small_host_has(tmp_path: Path) -> None:
    """The largest picture and frames of the largest video that visitors may bring, networks and libraries included."""
    (tmp_path / "large.png").write_bytes(hostile_pictures.black_png(6_000, 4_000, 8, 2))
    (tmp_path / "large.mp4").write_bytes(hostile_videos.plain(count=12, width=1920, height=1080))
    command = [sys.executable, "-c", ANALYZE, *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=True)
    peaks = [float(line) for line in done.stdout.splitlines()]
    assert len(peaks) == 2 and max(peaks) < 450
