"""How much of what was made of uploads the server keeps for its visitors."""

import itertools
import threading
from collections.abc import Iterable
from dataclasses import replace
from weakref import WeakValueDictionary

from emotion_core.limits import Limits
from emotion_core.vision.media.records import error_record
from emotion_core.vision.media.uploads import Analysis

MIB = 2**20
_FACE_BYTES = 2_000  # of one face in the records, its seven probabilities and box as Python objects (sys.getsizeof)


class ResultQuota:
    """Counts the results that all sessions hold; one that is forgotten counts no more. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._held: WeakValueDictionary[int, Analysis] = WeakValueDictionary()

    def admit(self, analysis: Analysis, own: Iterable[Analysis], limits: Limits) -> Analysis:
        """The analysis as it may be kept: whole, without its annotated file, or as a sentence where not even its table
        fits. own: those that its visitor has already."""
        with self._lock:
            room = min(
                limits.visitor_results_mib * MIB - sum(map(size_of, own)),
                limits.server_results_mib * MIB - sum(map(size_of, list(self._held.values()))),
            )
            kept = analysis
            if size_of(kept) > room and kept.annotated:
                words = (
                    f"{kept.note} The annotated file is not kept: your results have reached the limit of this server."
                )
                kept = replace(kept, annotated=b"", shown=b"", moments={}, features=None, note=words.strip())
            if size_of(kept) > room:
                sentence = f"{kept.name}: the server holds too many results. Take files away, or try again in a minute."
                kept = Analysis(kept.name, kept.is_video, (error_record(kept.name, sentence),))
            self._held[next(self._numbers)] = kept
            return kept


def size_of(analysis: Analysis) -> int:
    """Bytes that an analysis takes in memory, about."""
    pictures = sum(len(moment.jpeg) for moment in analysis.moments.values())
    features = 0 if analysis.features is None else analysis.features.nbytes
    table = _FACE_BYTES * (analysis.face_count + len(analysis.records))
    return len(analysis.annotated) + len(analysis.shown) + pictures + features + table


QUOTA = ResultQuota()  # for the whole process
