"""A visitor without a browser: speaks Streamlit's own protocol with a served app.

    with Visitor(server.url) as visitor:
        visitor.open("train").press("Start training")
        visitor.wait_until(lambda: "Epoch 1" in visitor.page.text)

It costs a hundredth of a browser, and may send what no browser would. It receives only while one of its methods waits:
where a page goes on by itself, let `wait_until` or `stay` run.
"""

import time
import uuid
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileUploaderState, FileURLs, UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.support.app_socket import AppSocket
from tests.support.http_client import Answer, HttpClient, multipart
from tests.support.page_view import PageView, Shown

_STEP = 0.1  # seconds after which a condition is asked again though nothing came
_WHOLE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
_OVER = (*_WHOLE, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)


class Visitor:
    """One tab of one browser.

    url: of the server, http://host:port. headers: of all requests, the websocket's included; `Host` and `Origin` may be
    among them, an `Origin` of None sends none. claimed_url: what the tab says its address is. session_id: of a session
    that lost its connection, to go on with. seconds: to wait for anything.
    page: what the tab shows; pages: hashes of the app's pages by address, known after the first `open`.
    Raises `websockets.exceptions.InvalidStatus` where the server refuses the websocket.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str | None] | None = None,
        claimed_url: str | None = None,
        session_id: str = "",
        seconds: float = 60.0,
    ) -> None:
        given = dict(headers or {})
        origin = given.pop("Origin", url)
        sent = {name: value for name, value in given.items() if value is not None}
        self.page, self.session_id = PageView(), session_id
        self.pages: dict[str, str] = {}
        self.states: dict[str, WidgetState] = {}
        self.http = HttpClient(url, sent, seconds)
        self.http.request("GET", "/_stcore/health")  # brings the cookie, as for a browser
        address, cookies = self.http.address, self.http.cookie_header
        self.socket = AppSocket(address, sent | cookies, origin, self.http.xsrf_token, session_id, seconds)
        self._seconds, self._claimed_url, self._address = seconds, claimed_url or url, ""
        self._hash = ""  # of the page in sight
        self._repeating: dict[str, tuple[float, float]] = {}  # fragment: seconds between its runs, when the next is due
        self._begun: list[tuple[str, ...]] = []  # runs since the last request: their fragments, none for the whole page
        self._is_over = True
        self._places: dict[str, list[FileURLs]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self, address: str = "") -> Self:
        """Go to a page by its address, the first one for an empty name, and wait until it is drawn."""
        self._address, self._hash = address, self.pages.get(address, "")
        self.rerun()
        return self

    def press(self, name: str) -> Self:
        """Press the button with this label or key, and wait until the page is drawn. Raises `LookupError`."""
        button = self.page.find(
            name, *[kind for kind in ("button", "download_button") if self.page.has(name, kind)][:1]
        )
        self.rerun(button.fragment, WidgetState(id=button.id, trigger_value=True))
        return self

    def set(self, name: str, **value: Any) -> Self:
        """Give the widget with this label or key a value, named after its type in `WidgetStates.proto`, as in
        `set("Epochs", double_array_value=[3])`, and wait until the page is drawn. Raises `LookupError`."""
        widget = self._widget(name)
        self.states[widget.id] = _state(widget.id, **value)
        self.rerun(widget.fragment)
        return self

    def upload(self, name: str, files: Mapping[str, bytes], kind: str = "application/octet-stream") -> list[Answer]:
        """Send files, by name, to the uploader with this label or key, and wait until the page is drawn.

        Returns the server's answer to each. One that it refuses is not shown to the page, as in a browser; an uploader
        for several keeps those that it has. Raises `LookupError`.
        """
        widget, answers = self._widget(name), []
        known = self.states[widget.id].file_uploader_state_value if widget.id in self.states else FileUploaderState()
        taken = list(known.uploaded_file_info) if getattr(widget.body, "multiple_files", False) else []
        for place, (file_name, content) in zip(self.upload_places(list(files)), files.items(), strict=True):
            answers.append(self.put(place.upload_url, file_name, content, kind))
            if answers[-1].status < 300:
                size = len(content)
                taken.append(UploadedFileInfo(name=file_name, size=size, file_id=place.file_id, file_urls=place))
        self.set(name, file_uploader_state_value=FileUploaderState(uploaded_file_info=taken))
        return answers

    def upload_places(self, names: list[str]) -> list[FileURLs]:
        """Ask the server where files of these names may be sent; the page need not have an uploader."""
        request = BackMsg()
        request.file_urls_request.request_id = uuid.uuid4().hex
        request.file_urls_request.session_id = self.session_id
        request.file_urls_request.file_names.extend(names)
        self.socket.send(request)
        self.wait_until(lambda: request.file_urls_request.request_id in self._places)
        return self._places.pop(request.file_urls_request.request_id)

    def put(self, place: str, name: str, content: bytes, kind: str = "application/octet-stream") -> Answer:
        """Send a file to the `upload_url` of one of `upload_places`, with the token that guards it."""
        body, content_type = multipart(name, content, kind)
        return self.http.request(
            "PUT", place, body, {"Content-Type": content_type, "X-Xsrftoken": self.http.xsrf_token}
        )

    def rerun(self, fragment: str = "", trigger: WidgetState | None = None) -> None:
        """Let the page, or one fragment of it, run with what was set, and wait until it is drawn."""
        self.request_rerun(fragment, trigger)
        self.wait_until(lambda: self._is_over and any(not run or fragment in run for run in self._begun))

    def request_rerun(self, fragment: str = "", trigger: WidgetState | None = None, is_automatic: bool = False) -> None:
        """The same without waiting. trigger: a button's state, said once. is_automatic: as a fragment's timer asks."""
        message = BackMsg()
        state = message.rerun_script
        state.page_script_hash, state.fragment_id, state.is_auto_rerun = self._hash, fragment, is_automatic
        state.page_name = "" if self._hash else self._address
        state.widget_states.widgets.extend([*self.states.values(), *([trigger] if trigger else [])])
        state.context_info.url = f"{self._claimed_url}/{self._address}"
        state.context_info.timezone, state.context_info.locale = "Europe/Berlin", "en-US"
        if not is_automatic:
            self._begun = []
        self.socket.send(message)

    def wait_until(self, condition: Callable[[], bool], seconds: float | None = None) -> None:
        """Receive until the condition holds. Raises `TimeoutError` with what the page shows, and `ConnectionClosed`."""
        seconds = self._seconds if seconds is None else seconds
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"Not within {seconds:g} s. The page shows: {self.page.text[:2000] or 'nothing'}")
            self._receive(min(_STEP, end - time.monotonic()))

    def stay(self, seconds: float) -> None:
        """Look at the page for a while. Raises `ConnectionClosed`."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._receive(min(_STEP, left))

    def close(self) -> None:
        """Close the tab."""
        self.socket.close()

    def vanish(self) -> None:
        """Be gone without a word."""
        self.socket.vanish()

    def _widget(self, name: str) -> Shown:
        """The input with this label or key; a heading of the same words is none."""
        found = [shown for shown in self.page.elements if shown.id and name in (shown.label, shown.key)]
        return found[0] if found else self.page.find(name, "widget")

    def _receive(self, seconds: float) -> None:
        now = time.monotonic()
        due = min((when for _, when in self._repeating.values()), default=now + seconds)
        message = self.socket.receive(min(seconds, due - now))
        if message:
            self._take(message)
        now = time.monotonic()
        for fragment, (every, when) in list(self._repeating.items()):
            if now >= when:
                self._repeating[fragment] = (every, max(when + every, now))
                self.request_rerun(fragment, is_automatic=True)

    def _take(self, message: ForwardMsg) -> None:
        self.page.apply(message)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            session, fragments = message.new_session, tuple(message.metadata.run.fragment_ids)
            self.session_id = session.initialize.session_id or self.session_id
            self._begun.append(fragments)
            self._is_over = False
            if not fragments:
                self._hash, self._repeating = session.page_script_hash, {}
        elif kind == "navigation":
            self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self.pages[""] = next((p.page_script_hash for p in message.navigation.app_pages if p.is_default), "")
            self._hash = message.navigation.page_script_hash
        elif kind == "script_finished" and message.script_finished in _OVER:
            self._is_over = True
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                there = {shown.id for shown in self.page.elements}
                self.states = {name: state for name, state in self.states.items() if name in there}
        elif kind == "auto_rerun":
            every = message.auto_rerun.interval
            if self._repeating.get(message.auto_rerun.fragment_id, (0.0, 0.0))[0] != every:
                self._repeating[message.auto_rerun.fragment_id] = (every, time.monotonic() + every)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._repeating.pop(fragment, None)
        elif kind == "file_urls_response":
            self._places[message.file_urls_response.response_id] = list(message.file_urls_response.file_urls)


def _state(name: str, **value: Any) -> WidgetState:
    """A widget's state with one of its values; arrays are given as sequences."""
    state = WidgetState(id=name)
    for field, content in value.items():
        if field.endswith("_array_value"):
            getattr(state, field).data.extend(content)
        elif hasattr(content, "DESCRIPTOR"):
            getattr(state, field).CopyFrom(content)
        else:
            setattr(state, field, content)
    return state
