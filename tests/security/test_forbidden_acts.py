"""What visitors may not do, done by replaying what the owner's own browser sends.

Streamlit makes a widget's id from its label and settings, not from anything secret: whoever runs the program at home
learns the ids of all buttons, also of those that a page does not show to visitors. So each act is prepared in own mode,
and what the owner would send next is sent by a visitor of the public server. Sent by the owner, it does change
something: otherwise the act would prove nothing.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.security.guarded import Guarded
from tests.security.occupied import BROUGHT, THEIRS, occupy
from tests.security.watching import family
from tests.support.visitor import Visitor

_CLOSED = "closed"


@dataclass(frozen=True)
class Act:
    """page: where the owner goes; prepare: what the owner does there; button: pressed at last, by label or key."""

    page: str
    button: str
    prepare: Callable[[Visitor], object] = lambda visitor: None


def choose_upload(visitor: Visitor) -> None:
    visitor.set("Data", string_value="Upload")


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


ACTS = {
    "start a training": Act("train", "Start training"),
    "go on with a run": Act("train", "Go on with this run"),
    "delete a run": Act("runs", f"delete {THEIRS}", choose_run),
    "promote a model": Act("train", "Promote", compare),
    "roll back": Act("runs", "Roll back now"),
    "delete data": Act("data", f"Delete {BROUGHT}", choose_upload),
    "take marks away": Act("data", "Take all marks away", lambda visitor: visitor.press("Show these data")),
    "delete kept faces": Act("data", "Delete 1 face"),
}


SETTINGS: dict[str, Callable[[Visitor], object]] = {
    "write a note": lambda visitor: write_note(visitor),
    "keep a face": lambda visitor: keep_face(visitor),
}


def write_note(visitor: Visitor) -> None:
    visitor.open("runs")
    choose_run(visitor)
    visitor.set(f"note {THEIRS}", string_value="a stranger was here")


def keep_face(visitor: Visitor) -> None:
    visitor.open("analyze").press("Try the example picture")
    consent = next(shown for shown in visitor.page.elements if shown.key.startswith("consent "))
    visitor.set(consent.key, bool_value=True)
    visitor.set(consent.key.replace("consent", "right"), string_array_value=["disgust"])


@pytest.fixture
def owner(own: Guarded) -> Iterator[Visitor]:
    """The person at this computer. What was changed is laid out anew."""
    with own.visit() as visitor:
        yield visitor
    for child in family(own.server.process):
        child.kill()
    occupy(own.folder)


@pytest.mark.parametrize("name", ACTS)
def test_a_button_of_the_owners_does_nothing_for_a_visitor(
    name: str, public: Guarded, own: Guarded, owner: Visitor
) -> None:
    act = ACTS[name]
    owner.open(act.page)
    act.prepare(owner)
    button = owner.page.find(act.button, "button")
    pressed = WidgetState(id=button.id, trigger_value=True)
    with public.unharmed(), public.visit() as visitor:
        visitor.open(act.page)
        visitor.states |= owner.states
        visitor.rerun(trigger=pressed)
        assert visitor.page.exceptions == []
        assert _CLOSED in visitor.page.text or not visitor.page.has(act.button, "button")

    before = own.files_now()
    owner.rerun(trigger=pressed)
    assert own.files_now() != before, "by the owner it changes something"


@pytest.mark.parametrize("name", SETTINGS)
def test_what_the_owner_sets_means_nothing_when_a_visitor_sets_it(
    name: str, public: Guarded, own: Guarded, owner: Visitor
) -> None:
    before = own.files_now()
    SETTINGS[name](owner)
    assert own.files_now() != before, "by the owner it changes something"
    with public.unharmed(), public.visit() as visitor:
        visitor.open({"write a note": "runs", "keep a face": "analyze"}[name])
        if name == "keep a face":
            visitor.press("Try the example picture")
        visitor.states |= owner.states
        visitor.rerun()
        assert visitor.page.exceptions == []
