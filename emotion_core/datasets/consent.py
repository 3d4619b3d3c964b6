"""Taking back faces that were kept: here and in every run that has copied them."""

import re

from emotion_core.datasets.corrections import forget_kept, forget_own_faces
from emotion_core.experiments.run import forget_copies_of_own_faces

_ID = re.compile(r"[0-9a-f]{16}")


def take_back(*face_ids: str) -> None:
    """Delete the faces with these `KeptFace.id` and their copies in runs; nothing where there is none.

    What a network has learnt from them stays learnt. Raises `DatasetError` or `OSError` when not all could be deleted;
    try again then.
    """
    for face_id in filter(_ID.fullmatch, face_ids):
        forget_copies_of_own_faces(f"{face_id}.png")  # first: while the face itself is there, it can be asked for again
        forget_kept(face_id)


def take_all_back() -> None:
    """The same for all of them."""
    forget_copies_of_own_faces()
    forget_own_faces()
