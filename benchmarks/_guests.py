"""Visitors who come and go as they please: look, stream, upload good and bad files, reload and vanish."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.support.camera_visitor import CameraVisitor, Clip, MediaLoop
from tests.support.visitor import Visitor

_QUEUE = "You are in the queue"
UPLOADER = "Pictures or videos"
ADDRESSES = ("", "analyze", "data", "train", "runs", "about")
FAR = {"X-Forwarded-For": "192.0.2.7"}  # as if through a proxy: visitors nobody knows
_TOGGLES = ("Boxes", "Bars on the video", "Landmarks", "Mirror", "Hints", "Explain")
_BUTTONS = ("Hold this face", "Neutral")
_PATIENCE = 180.0  # seconds for one page on a busy server


@dataclass(frozen=True)
class Belongings:
    """What guests carry: files by name, which a page must read or must refuse with a sentence, and a camera's clip."""

    photos: Mapping[str, bytes]
    videos: Mapping[str, bytes]
    bad: Mapping[str, bytes]
    clip: Clip


@dataclass
class Diary:
    """What all guests did and what went wrong. Safe between threads. done: how often, by deed."""

    done: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, deed: str, troubles: Sequence[str] = ()) -> None:
        with self._lock:
            self.done[deed] += 1
            minute = (time.monotonic() - self.began) / 60
            self.troubles += [f"minute {minute:.1f}, {deed}: {trouble}" for trouble in troubles]


class Guest(threading.Thread):
    """One after another, visitors of one kind of mind; the same number and seed do the same things."""

    def __init__(self, number: int, seed: int, url: str, belongings: Belongings, loop: MediaLoop, diary: Diary) -> None:
        super().__init__(name=f"guest {number}", daemon=True)
        self.is_over = threading.Event()
        self._random = random.Random(f"{seed} {number}")
        self._url, self._things, self._loop, self._diary = url, belongings, loop, diary
        self.deeds: dict[Callable[[Visitor], None], int] = {
            self.look_around: 3,
            self.stream: 5,
            self.try_example: 1,
            self.upload_photos: 2,
            self.upload_bad_files: 2,
            self.upload_video: 1,
            self.take_snapshot: 1,
            self.show_data: 1,
        }

    def run(self) -> None:
        while not self.is_over.is_set():
            (deed,) = self._random.choices(list(self.deeds), list(self.deeds.values()))
            self.do(deed)
            self.is_over.wait(self._random.uniform(0, 4))

    def do(self, deed: Callable[[Visitor], None]) -> None:
        """One visit, and what the visitor saw of errors."""
        name, tab = deed.__name__.replace("_", " "), None
        try:
            tab = Visitor(self._url, FAR, seconds=_PATIENCE)
            deed(tab)
            self._leave(tab)
            troubles = []
        except Exception as error:
            troubles = [f"{type(error).__name__}: {error}"]
        finally:
            if tab:
                tab.close()
        if tab:
            unexpected = [e for e in tab.page.errors if not any(bad in e for bad in self._things.bad)]
            troubles += [f"error box: {error}" for error in unexpected]
            troubles += [f"exception: {exception}" for exception in tab.page.exceptions]
        self._diary.note(name, troubles)

    def look_around(self, tab: Visitor) -> None:
        for address in self._random.sample(ADDRESSES, self._random.randint(1, 4)):
            tab.open(address)
            tab.stay(self._random.uniform(0.2, 3))

    def try_example(self, tab: Visitor) -> None:
        tab.open("analyze").press("Try the example picture")

    def upload_photos(self, tab: Visitor) -> None:
        self._upload(tab, self._things.photos, self._random.randint(1, 3))

    def upload_bad_files(self, tab: Visitor) -> None:
        self._upload(tab, self._things.bad, self._random.randint(1, 4))

    def upload_video(self, tab: Visitor) -> None:
        self._upload(tab, self._things.videos, 1)

    def take_snapshot(self, tab: Visitor) -> None:
        tab.open().set("Camera", string_array_value=["Snapshot"])
        picture = self._random.choice(list(self._things.photos.values()))
        tab.upload("Take a picture", {"camera-input.jpg": picture}, "image/jpeg")  # Streamlit refuses other names

    def show_data(self, tab: Visitor) -> None:
        tab.open("data")
        if tab.page.has("Show these data", "button") and not tab.page.find("Show these data").body.disabled:
            tab.press("Show these data")

    def stream(self, tab: Visitor) -> None:
        """START, some seconds with a click here and there, and one of the ways to end it."""
        camera = CameraVisitor(tab.open(), self._things.clip, self._loop)
        if not camera.is_offered:  # all slots are taken
            tab.stay(self._random.uniform(1, 5))
            return
        try:
            try:
                camera.start(_PATIENCE)
            except LookupError:
                if _QUEUE not in tab.page.text:
                    raise
                tab.stay(self._random.uniform(1, 5))  # the last slot was taken meanwhile
                return
            for _ in range(self._random.randint(1, 8)):
                tab.stay(self._random.uniform(0.5, 5))
                self._click_somewhere(tab)
            self._random.choice((camera.stop, camera.vanish, lambda: tab.open("about"), lambda: None))()
        finally:
            camera.hang_up()

    def _click_somewhere(self, tab: Visitor) -> None:
        toggle, button = self._random.choice(_TOGGLES), self._random.choice(_BUTTONS)
        if self._random.random() < 0.5 and tab.page.has(toggle):
            tab.set(toggle, bool_value=self._random.random() < 0.5)
        elif tab.page.has(button, "button"):
            tab.press(button)

    def _upload(self, tab: Visitor, files: Mapping[str, bytes], count: int) -> None:
        tab.open("analyze")
        chosen = self._random.sample(sorted(files), min(count, len(files)))
        for answer in tab.upload(UPLOADER, {name: files[name] for name in chosen}):
            if answer.status >= 300:
                self._diary.note(f"(upload refused with {answer.status})")

    def _leave(self, tab: Visitor) -> None:
        """Close the tab, be cut off, reload the page first, or lose the connection and come back to the session."""
        way = self._random.choice(("close", "vanish", "reload", "come back"))
        if way == "close" or tab.socket.close_code is not None:
            return
        tab.vanish() if way != "reload" else tab.close()
        if way in ("reload", "come back"):
            session = tab.session_id if way == "come back" else ""
            with Visitor(self._url, FAR, session_id=session, seconds=_PATIENCE) as again:
                again.open(self._random.choice(ADDRESSES))
                tab.page.errors += again.page.errors
                tab.page.exceptions += again.page.exceptions
