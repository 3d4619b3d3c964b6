"""Figures kept with a model, and the card that tells them."""

from pathlib import Path

from emotion_core.evaluation import model_card
from emotion_core.files import write_json, write_text
from emotion_core.registry.measured_schemas import Measured
from emotion_core.registry.model_folder import ModelFolder
from emotion_core.validation import to_json

CARD_FILE = Path(__file__).resolve().parents[1] / "MODEL_CARD.md"


def keep_measured(folder: ModelFolder, measured: Measured) -> None:
    """Write `measured.json` into the model's folder, and MODEL_CARD.md from it."""
    write_json(folder.path / "measured.json", to_json(measured))
    write_text(CARD_FILE, model_card.render_file(folder))
