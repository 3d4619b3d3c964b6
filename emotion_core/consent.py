"""Consent taken back: a kept face goes from everywhere that this program put it."""

from emotion_core.datasets.own_faces import forget_kept, forget_own_faces
from emotion_core.store.runs import forget_copies_of_own_faces


def take_back(*face_ids: str) -> None:
    """Delete kept faces and the copies of them that runs learnt from; what a network learnt from them stays learnt.

    face_ids: as `own_faces.kept_faces` names them. Raises `DatasetError`, `OSError`.
    """
    for face_id in face_ids:
        forget_kept(face_id)
        forget_copies_of_own_faces(f"{face_id}.png")


def take_all_back() -> None:
    """The same for all of them. Raises `DatasetError`, `OSError`."""
    forget_own_faces()
    forget_copies_of_own_faces()
