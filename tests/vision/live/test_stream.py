import gc
import threading
import weakref

import cv2
import numpy as np
import pytest

from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.drawing import Overlay, draw_faces
from emotion_core.vision.live.pipeline import LiveOptions
from emotion_core.vision.live.slots import StreamSlots
from emotion_core.vision.live.stream import LiveStream
from tests.browser.camera import one_face, two_faces
from tests.vision.live.streams import frames_of, new_stream, rgb


def test_frames_come_back_drawn_and_counted(classifier: Classifier) -> None:
    stream, frames = new_stream(classifier), frames_of(one_face()[:5])
    drawn = [stream.process(frame) for frame in frames]
    state = stream.state
    assert (state.frames, state.frames_with_faces, state.failures) == (5, 5, 0)
    assert state.milliseconds > 0 and state.frames_per_second > 0
    assert [frame.pts for frame in drawn] == [0, 1, 2, 3, 4]
    assert not np.array_equal(rgb(drawn[0]), rgb(frames[0]))


def test_frames_leave_as_the_encoders_take_them_and_odd_ones_are_shown_too(classifier: Classifier) -> None:
    picture = one_face()[0]
    even, odd = frames_of([picture, np.ascontiguousarray(picture[:-1, :-1])])
    stream = new_stream(classifier)
    stream.options = LiveOptions(Overlay(boxes=False), mirror=False)
    for frame, kind in ((even, "yuv420p"), (odd, "rgb24")):
        drawn = stream.process(frame)
        assert (drawn.format.name, drawn.width, drawn.height) == (kind, frame.width, frame.height)
        assert np.abs(rgb(drawn)[400:].astype(int) - rgb(frame)[400:]).mean() < 2
    assert stream.state.failures == 0


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
    class Broken:
        def detect(self, image: np.ndarray, known: object = None) -> list:
            raise RuntimeError("no luck")

    stream = LiveStream(Broken(), LandmarkDetector(), classifier)
    frame = frames_of(one_face()[:1])[0]
    assert stream.process(frame) is frame
    assert (stream.state.failures, stream.state.frames) == (1, 0)


def test_each_kind_of_failure_is_logged_once(classifier: Classifier, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        words = "first"

        def detect(self, image: np.ndarray, known: object = None) -> list:
            raise RuntimeError(self.words)

    detector = Broken()
    stream = LiveStream(detector, LandmarkDetector(), classifier)
    for words in ("first", "first", "second"):
        detector.words = words
        stream.pipeline.reset()  # so that the next frame is searched
        stream.process(frames_of(one_face()[:1])[0])
    assert stream.state.failures == 3
    assert [str(record.exc_info[1]) for record in caplog.records if record.exc_info] == ["first", "second"]


def test_a_face_keeps_its_number_and_the_session_its_rows(classifier: Classifier) -> None:
    stream = new_stream(classifier)
    for frame in frames_of(one_face()[:30]):
        stream.process(frame)
        (face,) = stream.state.faces
        assert face.track_id == 1 and face.landmarks is not None and face.crop is not None
    assert len(stream.session) == 30 and set(stream.session.table["track"]) == {1}
    stream.end()
    assert len(stream.session) == 30 and stream.state.frames == 30 and not stream.state.faces
    stream.begin()
    assert len(stream.session) == 0 and stream.state.frames == 0 and stream.keepsake is None


def test_the_keepsake_is_the_latest_picture_with_a_face_its_name_and_bars_on_it(classifier: Classifier) -> None:
    stream = new_stream(classifier)
    assert stream.keepsake is None
    stream.options = LiveOptions(mirror=False, explanation=True)
    frame = one_face()[0]
    stream.process(frames_of([frame])[0])
    expected = draw_faces(rgb(frames_of([frame])[0]), stream.state.faces, Overlay(bars=True))
    stream.process(frames_of([np.zeros_like(frame)])[0])
    keepsake = stream.keepsake
    assert keepsake is not None and np.array_equal(keepsake, expected), "neither dark nor coloured by the explanation"


def test_the_mirror_turns_picture_and_boxes(classifier: Classifier) -> None:
    frame = frames_of(one_face()[30:31])[0]
    boxes = []
    for mirror in (True, False):
        stream = new_stream(classifier)
        stream.options = LiveOptions(Overlay(boxes=False), mirror=mirror)
        drawn = rgb(stream.process(frame))
        given = rgb(frame)[:, ::-1] if mirror else rgb(frame)
        assert np.abs(drawn[400:].astype(int) - given[400:]).mean() < 2  # colours are kept for four pixels together
        boxes.append(stream.state.faces[0].box)
    assert abs(boxes[0].x - (640 - boxes[1].x - boxes[1].width)) < 8


def test_the_log_has_boxes_as_the_camera_saw_them(classifier: Classifier) -> None:
    """Neither the mirror nor smaller frames move a face that stands still."""
    stream, picture = new_stream(classifier), one_face()[0]
    smaller = cv2.resize(picture, (320, 240), interpolation=cv2.INTER_AREA)
    for image, mirror in ((picture, True), (picture, False), (smaller, False)):
        stream.options = LiveOptions(mirror=mirror)
        for frame in frames_of([image] * 20):
            stream.process(frame)
    table = stream.session.table
    assert len(table) >= 50
    assert np.ptp(table[["x", "y", "width", "height"]].to_numpy(), axis=0).max() < 16


def test_the_hint_is_about_the_chosen_face(classifier: Classifier) -> None:
    picture = one_face()[0]
    near = cv2.resize(picture, (480, 360), interpolation=cv2.INTER_AREA)
    far = cv2.resize(picture, (213, 160), interpolation=cv2.INTER_AREA)
    canvas = np.full((480, 800, 3), 110, np.uint8)
    canvas[:360, :480], canvas[:160, 560:773] = near, far
    stream = new_stream(classifier)
    stream.options = LiveOptions(mirror=False)
    for frame in frames_of([canvas] * 30):
        stream.process(frame)
    first, second = stream.state.faces
    assert stream.chosen_face(stream.state.faces) == first and stream.state.hint == ""
    stream.chosen = second.track_id
    stream.process(frames_of([canvas])[0])
    assert stream.state.hint == "Come closer."
    stream.begin()
    assert stream.chosen is None, "number 2 is somebody else next time"


def test_every_switch_changes_the_picture(classifier: Classifier) -> None:
    frames = frames_of(one_face()[:15])

    def last(options: LiveOptions) -> np.ndarray:
        stream = new_stream(classifier)
        stream.options = options
        return rgb([stream.process(frame) for frame in frames][-1])

    plain = last(LiveOptions(Overlay(boxes=False)))
    for options in (
        LiveOptions(),
        LiveOptions(Overlay(boxes=False, bars=True)),
        LiveOptions(Overlay(boxes=False, landmarks=True)),
        LiveOptions(Overlay(boxes=False), explanation=True),
        LiveOptions(Overlay(boxes=False), uncertain_below=1.0),
    ):
        assert not np.array_equal(last(options), plain), options


def test_a_dark_picture_gets_a_hint(classifier: Classifier) -> None:
    stream, dark = new_stream(classifier), frames_of([one_face()[0] // 12])[0]
    drawn = rgb(stream.process(dark))
    assert "dark" in stream.state.hint
    assert drawn[440:].max() > 200, "written on the picture too"
    stream.options = LiveOptions(hints=False)
    assert rgb(stream.process(dark))[440:].max() < 200 and stream.state.hint == ""


def test_a_stream_without_a_place_is_told_so_and_gets_one_when_another_leaves(classifier: Classifier) -> None:
    slots = StreamSlots(1)
    first, second = new_stream(classifier, slots), new_stream(classifier, slots)
    frame = frames_of(one_face()[:1])[0]
    first.process(frame)
    second.process(frame)
    assert not first.state.refused and second.state.refused and not second.state.faces
    first.end()
    second.process(frame)
    assert second.state.faces and not second.state.refused


def test_slots_hold_no_stream_whose_visitor_is_gone(classifier: Classifier) -> None:
    slots = StreamSlots(1)
    stream = new_stream(classifier, slots)
    stream.process(frames_of(one_face()[:1])[0])
    gone = weakref.ref(stream)
    del stream
    gc.collect()
    assert gone() is None and slots.is_full_for("another")
