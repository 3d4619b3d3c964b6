"""What the live page does without while many stream, so that nobody's video stands still."""

FEW_STREAMS = 2  # on two cores each of them can have 30 frames a second (`python -m benchmarks.capacity`)
_FULL_RATE, _BUSY_RATE = 30, 15  # frames a second; every one that a camera sends must be decoded
_PAUSES = (0.25, 0.5, 1.0)  # seconds
_RUNS = 8.0  # of all live pages' answers together, a second; each costs 4 ms


def camera_rate(others: int) -> int:
    """Frames a second to ask a new stream's camera for, beside so many others."""
    return _FULL_RATE if others < FEW_STREAMS else _BUSY_RATE


def refresh_seconds(streams: int) -> float:
    """How often a live page's answer is written anew: four times a second, more slowly in steps while many stream.

    >>> [refresh_seconds(streams) for streams in (1, 2, 3, 4, 5, 12)]
    [0.25, 0.25, 0.5, 0.5, 1.0, 1.0]
    """
    return next((seconds for seconds in _PAUSES if streams / seconds <= _RUNS), _PAUSES[-1])
