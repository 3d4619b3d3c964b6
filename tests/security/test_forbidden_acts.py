"""What visitors may not do, done by replaying what the owner's own browser sends.

Streamlit makes a widget's id from its label and settings, not from anything secret: whoever runs the program at home
learns the ids of all buttons, also of those that a page does not show to visitors. So each act is prepared in own mode,
and what the owner would send next is sent by a visitor of the public server. Sent by the owner, it does change
something: otherwise the act would prove nothing.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileUploaderState, UploadedFileInfo
from streamlit.proto.WidgetStates_pb2 import WidgetState

from emotion_core.experiments.run import Run
from emotion_core.experiments.run_lock import take_lock
from emotion_core.experiments.run_schemas import RunState
from emotion_core.vision.media.example import EXAMPLES
from tests.security.guarded import Guarded
from tests.security.occupied import BROUGHT, STOPPED, THEIRS, occupy
from tests.security.watching import family
from tests.support.hostile_archives import packed, small_png
from tests.support.visitor import Visitor

_UPLOAD, _PATH = "Upload", "Folder or file on this computer"


@dataclass(frozen=True)
class Act:
    """page: where the owner goes; prepare: what the owner does there; button: pressed at last, by label or key."""

    page: str
    button: str
    prepare: Callable[[Visitor], object] = lambda visitor: None


def choose_run(visitor: Visitor) -> None:
    """The row of the operator's finished run."""
    table = visitor.page.all("dataframe")[0]
    names = table.key.removeprefix("runs ").split()
    chosen = {"selection": {"rows": [names.index(THEIRS)], "columns": [], "cells": []}}
    visitor.set(table.key, string_value=json.dumps(chosen))


def compare(visitor: Visitor) -> None:
    visitor.set("Run", string_value=THEIRS)
    visitor.press("Compare with the model in use")
    visitor.set(f"anyway {THEIRS}", bool_value=True)


def name_a_folder(visitor: Visitor) -> None:
    visitor.set("From", string_array_value=["On this computer"])
    visitor.set("File or folder", string_value=str(EXAMPLES["one"].path))


ACTS = {
    "read files of the server": Act("analyze", "start analysis", name_a_folder),
    "start a training": Act("train", "Start training"),
    "resume a run": Act("train", "Resume this run"),
    "delete a run": Act("runs", f"delete {THEIRS}", choose_run),
    "promote a model": Act("train", "Promote", compare),
    "roll back": Act("runs", "Roll back now"),
    "delete data": Act("data", f"Delete {BROUGHT}", lambda visitor: visitor.set("Data", string_value=_UPLOAD)),
    "remove marks": Act("data", "Remove all exclusions", lambda visitor: visitor.press("Show these data")),
    "delete kept faces": Act("data", "Delete 1 face"),
}


@pytest.fixture
def owner(own: Guarded) -> Iterator[Visitor]:
    """The person at this computer. What was changed is laid out anew."""
    with own.visit() as visitor:
        yield visitor
    for child in family(own.server.process):
        child.kill()
    occupy(own.folder)


def press(visitor: Visitor, button: str) -> WidgetState:
    """What pressing a button would send."""
    return WidgetState(id=visitor.page.find(button, "button").id, trigger_value=True)


def replay(owner: Visitor, visitor: Visitor, page: str, pressed: WidgetState | None = None) -> None:
    """Let a visitor send everything that the owner has set on this page, and the press of a button."""
    visitor.open(page)
    visitor.states |= owner.states
    visitor.rerun(trigger=pressed)
    assert visitor.page.exceptions == []


_SLOW = {"resume a run", "promote a model", "remove marks"}  # seconds each to prepare


def is_refused(visitor: Visitor) -> bool:
    """Whether the page says that something is not for visitors."""
    return any(words in visitor.page.text for words in ("not available to visitors", "Visitors can"))


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] if n in _SLOW else []) for n in ACTS])
def test_a_button_of_the_owners_does_nothing_for_a_visitor(
    name: str, public: Guarded, own: Guarded, owner: Visitor
) -> None:
    act = ACTS[name]
    act.prepare(owner.open(act.page))
    pressed = press(owner, act.button)
    with public.unharmed(), public.visit() as visitor:
        replay(owner, visitor, act.page, pressed)
        assert is_refused(visitor) or not visitor.page.has(act.button, "button")

    before = own.files_now()
    owner.rerun(trigger=pressed)
    assert own.files_now() != before, "by the owner it changes something"


def test_a_run_that_goes_on_cannot_be_stopped(public: Guarded, own: Guarded, owner: Visitor) -> None:
    with going_on(own) as theirs, going_on(public) as run, public.unharmed(), public.visit() as visitor:
        pressed = press(owner.open("train"), "Stop")
        replay(owner, visitor, "train", pressed)
        assert not run.stop_path.exists()
        fragment = owner.page.find("Stop", "button").fragment
        visitor.request_rerun(fragment, pressed)
        visitor.stay(0.5)
        assert not run.stop_path.exists() and run.name not in visitor.page.text
        owner.press("Stop")
        assert theirs.stop_path.exists(), "by the owner it is stopped"


@contextmanager
def going_on(served: Guarded) -> Iterator[Run]:
    """A run that somebody trains: who holds its lock."""
    run = Run(served.folder / "runs" / STOPPED)
    run.update_status(state=RunState.running, epoch=1, of=3, step=0, steps=10)
    lock = take_lock(run)
    try:
        yield run
    finally:
        os.close(lock)
        run.stop_path.unlink(missing_ok=True)
        run.update_status(state=RunState.stopped)


def test_a_note_on_anothers_run_is_not_taken(public: Guarded, own: Guarded, owner: Visitor) -> None:
    before = own.files_now()
    choose_run(owner.open("runs"))
    owner.set(f"note {THEIRS}", string_value="a stranger was here")
    assert own.files_now() != before, "by the owner it is written"
    with public.unharmed(), public.visit() as visitor:
        replay(owner, visitor, "runs")


def test_a_visitors_face_is_never_kept(public: Guarded, own: Guarded, owner: Visitor) -> None:
    before = own.files_now()
    owner.open("analyze").press("Try the example picture")
    right = next(shown.key for shown in owner.page.elements if shown.key.startswith("right "))
    owner.set(right, string_array_value=["disgust"])
    owner.set(right.replace("right", "consent"), bool_value=True)
    assert own.files_now() != before, "the owner's is"
    with public.unharmed(), public.visit() as visitor:
        visitor.open("analyze").press("Try the example picture")
        visitor.states |= owner.states
        visitor.rerun()
        assert visitor.page.exceptions == [] and "never kept" in visitor.page.text


def test_a_visitor_brings_no_data(public: Guarded, own: Guarded, owner: Visitor) -> None:
    """Neither to the page Data, nor by sending them to Photos and naming them on Data."""
    archive = packed({"happy/a.png": small_png()})
    owner.open("data").set("Data", string_value=_UPLOAD)
    uploader = owner.page.find("Data set", "file_uploader").id
    with public.unharmed(), public.visit() as visitor:
        visitor.open("data").set("Data", string_value=_UPLOAD)
        assert is_refused(visitor)
        assert visitor.put(visitor.upload_places(["a.zip"])[0].upload_url, "a.zip", archive).status == 403
        place = visitor.open("analyze").upload_places(["a.zip"])[0]
        assert visitor.put(place.upload_url, "a.zip", archive).status == 204
        visitor.open("data").set("Data", string_value=_UPLOAD)
        sent = UploadedFileInfo(name="a.zip", size=len(archive), file_id=place.file_id, file_urls=place)
        state = FileUploaderState(uploaded_file_info=[sent])
        visitor.states[uploader] = WidgetState(id=uploader, file_uploader_state_value=state)
        visitor.rerun()
        assert BROUGHT not in visitor.page.text

    before = own.files_now()
    owner.upload("Data set", {"a.zip": archive})
    assert own.files_now() != before, "the owner does"


def test_a_visitor_names_no_file_of_the_server(public: Guarded, own: Guarded, owner: Visitor) -> None:
    owner.open("data").set("Data", string_value=_PATH)
    owner.set("Path", string_value=str(own.canary.file))
    pressed = press(owner, "Show these data")
    owner.rerun(trigger=pressed)
    assert own.canary.file.name in owner.page.text, "the owner does"
    path = owner.page.find("Path", "text_input").id
    for page in ("data", "train"):
        with public.unharmed(), public.visit() as visitor:
            visitor.open(page)
            visitor.states |= owner.states
            visitor.states[path] = WidgetState(id=path, string_value=str(public.canary.file))
            visitor.rerun(trigger=pressed)
            assert visitor.page.exceptions == []
            assert is_refused(visitor) and str(public.canary.file) not in visitor.page.text


@pytest.mark.parametrize("page", ["data", "train"])
def test_a_visitor_downloads_nothing_to_the_server(page: str, public: Guarded) -> None:
    """Kaggle's data set would take hundreds of megabytes of its disk."""
    with public.unharmed(), public.visit() as visitor:
        visitor.open(page).set("Data", string_value="FER2013 from Kaggle")
        for button in ("Show these data", "Start training"):
            if visitor.page.has(button, "button"):
                visitor.press(button)
        assert visitor.page.exceptions == [] and is_refused(visitor)


def test_a_run_is_taken_home_by_nobody_else(public: Guarded, own: Guarded, owner: Visitor) -> None:
    choose_run(owner.open("runs"))
    archive = owner.page.find("Everything (.zip)", "download_button")
    assert archive.body.deferred_file_id, "made when it is asked for"
    with public.unharmed(quietly=False), public.visit() as visitor:
        replay(owner, visitor, "runs", WidgetState(id=archive.id, trigger_value=True))
        assert THEIRS not in visitor.page.text
        for guess in (archive.body.deferred_file_id, THEIRS, f"{THEIRS}.zip", ""):
            assert ask_for_file(visitor, guess) == ""


def ask_for_file(visitor: Visitor, name: str) -> str:
    """The address at which a file that is made when asked for may be fetched; empty where there is none."""

    message = BackMsg()
    request = message.backend_operation_request
    request.request_id, request.session_id, request.deferred_file.file_id = "1", visitor.session_id, name
    visitor.socket.send(message)
    while True:
        answer = visitor.socket.receive(5)
        assert answer is not None, "no answer"
        if answer.WhichOneof("type") == "backend_operation_response":
            return answer.backend_operation_response.deferred_file.url
