"""Neither the frames of a camera nor a profile ever lie in a file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from emotion_core.vision.media.example import read_example
from tests.support.watched_files import FORBID_WRITING, WatchedFiles, private_places

PROJECT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify watches the files.")

STREAM = """
import sys
from fractions import Fraction

import av

from emotion_core.images import read_rgb
from emotion_core.registry.active import active_model
from emotion_core.vision.detection.available import LIVE_DETECTOR, new_detector
from emotion_core.vision.detection.landmarks import LandmarkDetector
from emotion_core.vision.faces.classifier import Classifier
from emotion_core.vision.faces.profile import read_profile
from emotion_core.vision.live import game
from emotion_core.vision.live.game_pictures import animation, collage
from emotion_core.vision.live.stream import LiveStream

time = 0.0
game.READY_SECONDS, game.POSE_SECONDS = 0.5, 1.0
detector, landmark_detector = new_detector(LIVE_DETECTOR, live=True), LandmarkDetector()
stream = LiveStream(detector, landmark_detector, Classifier(active_model()), clock=lambda: time)
personal = stream.pipeline.personal
frame = av.VideoFrame.from_ndarray(read_rgb(sys.stdin.buffer.read()), format="rgb24")
frame.pts, frame.time_base = 0, Fraction(1, 30)
for number in range(24):
    if number == 4:
        personal.record("neutral")
    time += 0.25
    stream.process(frame)
state = stream.state
content = personal.state.profile.to_json()
personal.use(read_profile(content.encode(), active_model()))
personal.confirm(1)
stream.game.start()
while stream.game.state.emotion:
    time += 0.25
    stream.process(frame)
moments = stream.game.state.moments
pictures = collage(moments), animation(moments)
stream.end()
print(state.frames, state.frames_with_faces, state.failures, flush=True)
print(content, flush=True)
"""


def test_streaming_a_profile_and_a_game_write_no_file(tmp_path: Path) -> None:
    environment = os.environ | private_places(tmp_path)
    with WatchedFiles(tmp_path) as watched:
        done = subprocess.run(
            [sys.executable, "-c", FORBID_WRITING + STREAM],
            input=read_example(),
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
    assert done.returncode == 0, "It wrote to a file."
    counts, profile = done.stdout.decode().splitlines()
    assert counts == "24 24 0" and [take["emotion"] for take in json.loads(profile)["takes"]] == ["neutral"]
    assert watched.seen() == []
