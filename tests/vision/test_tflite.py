import shutil
import subprocess
import sys
from pathlib import Path

from emotion_core.registry.model_folder import ModelFolder


def test_a_file_cut_short_meanwhile_takes_nothing_down(shipped: ModelFolder, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    shutil.copy(shipped.tflite_path, path)
    script = f"""
from pathlib import Path
import numpy as np
from emotion_core.vision.tflite import Network

path = Path({str(path)!r})
network = Network(path)
path.write_bytes(b"damaged")
print(network.run(np.zeros((1, 48, 48, 1), np.float32))[network.place("probabilities")].shape)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "(1, 7)" in done.stdout, done.stderr
