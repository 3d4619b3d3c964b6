"""The seven emotions: their order, their colours and the names other data sets give them."""

EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
NEUTRAL = "neutral"

# From Okabe & Ito's colour-blind safe palette (https://jfly.uni-koeln.de/color/), without the yellow and black that
# vanish on a white or a dark page; moved until any two stay apart in every kind of sight (a test measures it).
COLOURS = {
    "angry": "#D55E00",
    "disgust": "#00A878",
    "fear": "#9B2D6A",
    "happy": "#E8B000",
    "neutral": "#7A7F87",
    "sad": "#0072B2",
    "surprise": "#56B4E9",
}

# The numbers in the Kaggle csv and in Parquet copies of it (https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge/data).
FER2013_NUMBERS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

_ALIASES = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "afraid": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprised": "surprise",
}


def parse_emotion(name: str) -> str | None:
    """The emotion that a folder or label called `name` stands for, or None.

    >>> parse_emotion("Happiness")
    'happy'
    """
    key = name.strip().lower()
    key = _ALIASES.get(key, key)
    return key if key in EMOTIONS else None


def colour_rgb(emotion: str) -> tuple[int, int, int]:
    """The emotion's colour as red, green, blue, each 0 to 255."""
    red, green, blue = bytes.fromhex(COLOURS[emotion][1:])
    return red, green, blue
