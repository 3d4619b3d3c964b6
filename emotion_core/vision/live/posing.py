"""How to pose each emotion, in plain words, and how far somebody has come with it."""

import math
from typing import NamedTuple

from emotion_core.registry.model_schemas import Emotion

# The action units that each emotion's prototype has (Ekman & Friesen 1978), in the order that is easiest to pose.
HOW_TO: dict[Emotion, str] = {
    "neutral": "Relax your face and look into the camera.",
    "happy": "Smile with your cheeks, so that your eyes narrow.",
    "surprise": "Raise your eyebrows and drop your jaw.",
    "sad": "Raise the inner ends of your eyebrows and pull the corners of your mouth down.",
    "angry": "Lower your eyebrows and press your lips together.",
    "disgust": "Wrinkle your nose and raise your upper lip.",
    "fear": "Raise your eyebrows, open your eyes wide and stretch your lips sideways.",
}


class Pose(NamedTuple):
    """What is to be posed now. progress: 0 to 1; seconds: of good frames that it takes."""

    emotion: Emotion
    progress: float
    seconds: float

    @property
    def seconds_left(self) -> int:
        """Rounded up."""
        return math.ceil(self.seconds * (1 - self.progress))


def prompt(emotion: Emotion, is_ready: bool, won: str = "") -> str:
    """What to do now, in one line on the video. is_ready: it counts already; won: what it has brought so far.

    >>> prompt("neutral", is_ready=False)
    'Next: neutral. Relax your face and look into the camera.'
    """
    start = f"{emotion.capitalize()}!" if is_ready else f"Next: {emotion}."
    return " ".join(filter(None, (start, won, HOW_TO[emotion])))
