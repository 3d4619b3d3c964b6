"""What a stream does when its frames or its options change while it plays."""

import cv2
import numpy as np

from emotion_core.vision.detection.available import LIVE_DETECTOR, new_detector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.geometry import Box
from emotion_core.vision.live.pipeline import LiveOptions
from tests.browser.camera import one_face, two_faces
from tests.vision.live.streams import frames_of, new_stream


def test_smaller_frames_of_the_same_picture_keep_each_face_its_number(classifier: Classifier) -> None:
    stream, pictures = new_stream(classifier), two_faces()[:60]
    for frame in frames_of(pictures[:30]):
        stream.process(frame)
    before = {face.track_id: face.box.centre for face in stream.state.faces}
    assert len(before) == 2
    smaller = [cv2.resize(picture, (480, 360), interpolation=cv2.INTER_AREA) for picture in pictures[30:]]
    stream.process(frames_of(smaller)[0])
    after = {face.track_id: face.box.centre for face in stream.state.faces}
    assert after.keys() == before.keys()
    assert all(np.hypot(*(after[number] - 0.75 * before[number])) < 20 for number in after)


def test_in_the_mirror_nobody_gets_the_number_of_another(classifier: Classifier) -> None:
    stream, frames = new_stream(classifier), frames_of(two_faces()[:90])
    for frame in frames[:30]:
        stream.process(frame)
    stream.options = LiveOptions(mirror=False)
    for frame in frames[30:]:
        stream.process(frame)
    assert {face.track_id for face in stream.state.faces}.isdisjoint({1, 2}) and stream.state.faces


def test_a_turned_phone_begins_anew(classifier: Classifier) -> None:
    stream = new_stream(classifier)
    picture = one_face()[0]
    for image in (picture, np.ascontiguousarray(np.pad(picture, ((200, 0), (0, 0), (0, 0)))[:, 100:540])):
        for frame in frames_of([image] * 60):
            stream.process(frame)
        assert len(stream.state.faces) == 1
    assert stream.state.failures == 0
    stream.process(frames_of([picture])[0])
    for frame in frames_of([picture] * 60):
        if not stream.state.faces:
            stream.process(frame)
    (face,) = stream.state.faces
    assert face.crop is not None
    alone = classifier.predict(face.crop[np.newaxis])[0]
    assert np.allclose(list(face.probabilities.values()), alone, atol=1e-4), "nothing is averaged with what was before"
    for frame in frames_of([image] * 60):
        stream.process(frame)
    assert abs(stream.state.faces[0].box.y - 200) < 120


def test_another_detector_and_another_network_take_over(classifier: Classifier) -> None:
    class Nothing:
        def detect(self, image: np.ndarray, known: object = None) -> list[Box]:
            return []

    stream = new_stream(classifier)
    stream.pipeline.use_detector(Nothing())
    frames = frames_of(one_face()[:10])
    for frame in frames:
        stream.process(frame)
    assert stream.state.faces == ()
    stream.pipeline.use_detector(new_detector(LIVE_DETECTOR, live=True))
    for frame in frames:
        stream.process(frame)
    assert stream.state.faces
    other = Classifier(classifier.model)
    other.labels = classifier.labels[::-1]
    stream.pipeline.use(other)
    stream.process(frames[0])
    emotion = stream.state.faces[0].emotion
    stream.pipeline.use(classifier)
    stream.process(frames[0])
    assert classifier.labels.index(stream.state.faces[0].emotion) == other.labels.index(emotion)
