"""Start the app in a container, with what it keeps on a volume: `python -m deploy.start [streamlit's options]`."""

import os
import shutil
import sys
from pathlib import Path

from emotion_core.files import locked, read_json, whole_folder
from emotion_core.registry.model_folder import models_root

PROJECT = Path(__file__).resolve().parents[1]
PORT = 8501


def bring_models(source: Path, root: Path) -> list[str]:
    """Copy the models of the image among those on the volume; return the names of those that were copied.

    A model that is there already is replaced where its card is another one, as after an update of the image. Which
    model is in use is taken from the image only at the first start.
    """
    if source.resolve() == root.resolve():
        return []
    copied = []
    with locked(root):  # another replica may start on the same volume
        for card in sorted(source.glob("*/card.json")):
            model = card.parent
            if read_json(root / model.name / card.name) == read_json(card):
                continue
            with whole_folder(root / model.name) as folder:
                shutil.copytree(model, folder, dirs_exist_ok=True)
            copied.append(model.name)
        chosen = source / "active.json"
        if chosen.exists() and not (root / chosen.name).exists():
            shutil.copyfile(chosen, root / chosen.name)
    return copied


def main() -> None:
    bring_models(PROJECT / "models", models_root())
    options = ["--server.address", "0.0.0.0", "--server.port", str(PORT), "--server.headless", "true", *sys.argv[1:]]
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "streamlit_app.py"), *options]
    os.execv(sys.executable, command)


if __name__ == "__main__":
    main()
