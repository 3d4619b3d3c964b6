"""Taking back faces that were kept: here and in every run that has copied them."""

import re

from emotion_core.datasets.corrections import delete_all_corrections, delete_correction
from emotion_core.experiments.run import delete_correction_copies

_ID = re.compile(r"[0-9a-f]{16}")


def withdraw_consent(*face_ids: str) -> None:
    """Delete the faces with these `Correction.id` and their copies in runs; nothing where there is none.

    What a network has learnt from them stays learnt. Raises `DatasetError` or `OSError` when not all could be deleted;
    try again then.
    """
    for face_id in filter(_ID.fullmatch, face_ids):
        delete_correction_copies(f"{face_id}.png")  # first: while the face itself is there, it can be asked for again
        delete_correction(face_id)
        delete_correction_copies(f"{face_id}.png")  # a run may have copied it meanwhile


def withdraw_all_consent() -> None:
    """The same for all of them."""
    delete_correction_copies()
    delete_all_corrections()
    delete_correction_copies()
