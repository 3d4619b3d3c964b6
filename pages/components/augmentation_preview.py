"""What the strengths of the augmentation do, on faces of the chosen data."""

import numpy as np
import streamlit as st

from emotion_core.datasets import DatasetError
from emotion_core.datasets.augmentation import preview
from emotion_core.experiments.config import Augmentation
from pages.components.cache import open_dataset


def show_augmentation(source: str, augmentation: Augmentation) -> None:
    """A toggle and, where it is on, some faces as other epochs would show them."""
    if not source or not st.toggle("Show it on faces of these data", key="show augmentation"):
        return
    try:
        faces = open_dataset(source).images
    except DatasetError as error:
        st.error(str(error))
        return
    st.image(
        np.vstack([np.hstack(list(row)) for row in preview(faces, augmentation)]),
        width="stretch",
        alt="faces, changed as in training",
    )
    st.caption("First row: the faces as they are. Below: what the network would see in other epochs.")
