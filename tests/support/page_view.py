"""What a page shows, put together from the messages that Streamlit sends to a browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_WORDS = ("title", "label", "body", "text", "message", "code_text", "caption", "value")
_HAS_RUN = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
_ALERTS = {"error": Alert.ERROR, "warning": Alert.WARNING, "info": Alert.INFO, "success": Alert.SUCCESS}


@dataclass(frozen=True)
class Shown:
    """One element or block of a page.

    kind: Streamlit's name for it in `Element.proto` or `Block.proto` (`button`, `alert`, `expandable`); body: its
    protobuf message; fragment: id of the fragment that drew it, else empty; run: that drew it.
    """

    kind: str
    body: Any
    fragment: str
    run: str

    @property
    def id(self) -> str:
        return str(getattr(self.body, "id", ""))

    @property
    def key(self) -> str:
        """The widget's key in the script, empty where it has none: ids are `$$ID-hash-key`."""
        parts = self.id.split("-", 2)
        return parts[2] if len(parts) == 3 and parts[2] != "None" else ""

    @property
    def label(self) -> str:
        return str(getattr(self.body, "label", ""))

    @property
    def text(self) -> str:
        """Its words, a line for each of its fields that has any."""
        words = (getattr(self.body, name, "") for name in _WORDS)
        return "\n".join(word for word in words if isinstance(word, str) and word)


class PageView:
    """The elements of one page.

    errors: every error box that was ever shown; exceptions: every exception with its traceback, as the visitor saw it,
    what Streamlit itself has to say of one included. Both without repetition.
    """

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.exceptions: list[str] = []
        self._shown: dict[tuple[int, ...], Shown] = {}
        self._run, self._fragments = "", ()  # type: tuple[str, tuple[str, ...]]

    @property
    def elements(self) -> list[Shown]:
        """Everything in sight, top to bottom."""
        return [self._shown[path] for path in sorted(self._shown)]

    @property
    def text(self) -> str:
        """All words in sight."""
        return "\n".join(shown.text for shown in self.elements if shown.text)

    def all(self, kind: str) -> list[Shown]:
        return [shown for shown in self.elements if shown.kind == kind]

    def find(self, name: str, kind: str = "") -> Shown:
        """The first element with this label or key, of one kind where it is given. Raises `LookupError`."""
        found = [e for e in self.elements if kind in ("", e.kind) and name in (e.label, e.key)]
        if not found:
            there = sorted({f"{e.kind} {e.label or e.key!r}" for e in self.elements if e.id or kind == e.kind})
            raise LookupError(f"No {kind or 'element'} {name!r} in sight. There are: {', '.join(there) or 'none'}.")
        return found[0]

    def has(self, name: str, kind: str = "") -> bool:
        return any(kind in ("", e.kind) and name in (e.label, e.key) for e in self.elements)

    def alerts(self, kind: str = "error") -> list[str]:
        """The boxes in sight. kind: error, warning, info or success."""
        return [e.text for e in self.all("alert") if e.body.format == _ALERTS[kind]]

    def apply(self, message: ForwardMsg) -> None:
        """Take one message into account."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._run, self._fragments = message.metadata.run.script_run_id, tuple(message.metadata.run.fragment_ids)
        elif kind == "delta":
            self._draw(tuple(message.metadata.delta_path), message.delta)
        elif kind == "script_finished" and message.script_finished in _HAS_RUN:
            self._remove_stale()
        elif kind == "session_event" and message.session_event.HasField("script_compilation_exception"):
            self._note(self.exceptions, _in_full(message.session_event.script_compilation_exception))

    def _draw(self, path: tuple[int, ...], delta: Delta) -> None:
        kind = delta.WhichOneof("type")
        if kind == "new_element":
            self._remove_below(path)
            body: Any = delta.new_element
        elif kind == "add_block":  # what is in it stays until the run has ended without it
            body = delta.add_block
        else:
            return  # a spinner, which lies over what is there
        name = body.WhichOneof("type") or "block"
        shown = Shown(name, getattr(body, name, body), delta.fragment_id, self._run)
        self._shown[path] = shown
        if name == "exception":
            self._note(self.exceptions, _in_full(shown.body))
        elif name == "alert" and shown.body.format == Alert.ERROR:
            self._note(self.errors, shown.text)

    def _remove_below(self, path: tuple[int, ...]) -> None:
        for other in [other for other in self._shown if other[: len(path)] == path]:
            del self._shown[other]

    def _remove_stale(self) -> None:
        """What this run would have drawn again, and has not, is gone."""
        for path, shown in list(self._shown.items()):
            if shown.run != self._run and (not self._fragments or shown.fragment in self._fragments):
                del self._shown[path]

    @staticmethod
    def _note(seen: list[str], text: str) -> None:
        if text not in seen:
            seen.append(text)


def _in_full(exception: Any) -> str:
    trace: Sequence[str] = exception.stack_trace
    return "\n".join([f"{exception.type}: {exception.message}", *trace])
