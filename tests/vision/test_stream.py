import threading
from fractions import Fraction

import av
import numpy as np

from emotion_core.vision.analyzer import FaceAnalyzer
from emotion_core.vision.cascade import LIVE_SETTINGS, CascadeDetector
from emotion_core.vision.classifier import Classifier
from emotion_core.vision.stream import LiveStream
from tests.browser.camera import one_face, two_faces


def frames_of(images: list[np.ndarray]) -> list[av.VideoFrame]:
    frames = [av.VideoFrame.from_ndarray(image, format="rgb24") for image in images]
    for number, frame in enumerate(frames):
        frame.pts, frame.time_base = number, Fraction(1, 30)
    return frames


def new_stream(classifier: Classifier) -> LiveStream:
    return LiveStream(FaceAnalyzer(CascadeDetector(LIVE_SETTINGS), classifier))


def test_frames_come_back_drawn_and_counted(classifier: Classifier) -> None:
    stream, frames = new_stream(classifier), frames_of(one_face()[:5])
    drawn = [stream.process(frame) for frame in frames]
    state = stream.state
    assert (state.frames, state.frames_with_faces, state.failures) == (5, 5, 0)
    assert state.milliseconds > 0 and state.frames_per_second > 0
    assert [frame.pts for frame in drawn] == [0, 1, 2, 3, 4]
    assert not np.array_equal(drawn[0].to_ndarray(format="rgb24"), frames[0].to_ndarray(format="rgb24"))


def test_two_visitors_at_once_do_not_mix(classifier: Classifier) -> None:
    """Each stream counts its own frames and sees its own faces while both share the network."""
    streams = [new_stream(classifier), new_stream(classifier)]
    alone = [new_stream(classifier), new_stream(classifier)]
    clips = [frames_of(one_face()[::10]), frames_of(two_faces()[::10])]
    seen: list[list[list[dict[str, float]]]] = [[], []]

    def play(number: int) -> None:
        for frame in clips[number]:
            streams[number].process(frame)
            seen[number].append([dict(face.probabilities) for face in streams[number].state.faces])

    threads = [threading.Thread(target=play, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number in (0, 1):
        expected = []
        for frame in clips[number]:
            alone[number].process(frame)
            expected.append([dict(face.probabilities) for face in alone[number].state.faces])
        assert len(expected) == streams[number].state.frames
        for together, by_itself in zip(seen[number], expected, strict=True):
            assert len(together) == len(by_itself)
            for a, b in zip(together, by_itself, strict=True):
                assert np.allclose(list(a.values()), list(b.values()), atol=1e-3)
    assert sum(map(len, seen[1])) > sum(map(len, seen[0]))


def test_a_bad_frame_is_passed_on_and_counted(classifier: Classifier) -> None:
    class Broken(CascadeDetector):
        def detect(self, image: np.ndarray) -> list:
            raise RuntimeError("no luck")

    stream = LiveStream(FaceAnalyzer(Broken(), classifier))
    frame = frames_of(one_face()[:1])[0]
    assert stream.process(frame) is frame
    assert (stream.state.failures, stream.state.frames) == (1, 0)
