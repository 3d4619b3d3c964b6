"""Files of others that come with the program; README.md has their origin and licences."""

from pathlib import Path

_FOLDER = Path(__file__).parent
BLAZEFACE = _FOLDER / "face_detection_back.tflite"
FACE_MESH = _FOLDER / "face_landmark.tflite"
EXAMPLE_PICTURE = _FOLDER / "astronaut.png"
PORTRAIT = _FOLDER / "grace_hopper.jpg"
TWO_FACES = _FOLDER / "two_faces.jpg"
SAMPLE_CLIP = _FOLDER / "portraits.mp4"
ANNOTATED_CLIP = _FOLDER / "portraits_annotated.mp4"
