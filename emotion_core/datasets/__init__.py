"""Data sets of labelled faces: every form that can be read, and the split for training."""

from emotion_core.datasets.dataset import DatasetError, FaceDataset
from emotion_core.datasets.loading import load

__all__ = ["DatasetError", "FaceDataset", "load"]
