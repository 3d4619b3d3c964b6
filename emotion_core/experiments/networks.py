"""What the networks consist of, for pages that must not load TensorFlow to say so."""

from pathlib import Path

import pandas as pd

from emotion_core.files import read_json

DESCRIPTIONS = Path(__file__).with_name("networks.json")  # written by `python -m emotion_core.training.architectures`


def layer_table(name: str) -> pd.DataFrame:
    """The layers of a network in order: layer, output, parameters."""
    return pd.DataFrame((read_json(DESCRIPTIONS) or {})[name]["layers"])


def size_in_words(name: str) -> str:
    """Parameters and multiply-adds of a network."""
    described = (read_json(DESCRIPTIONS) or {})[name]
    return (
        f"{described['parameters']:,} parameters, {described['multiply_adds'] / 1e6:.0f} million multiply-adds a face"
    )
