"""Messages that no browser sends: forged states, numbers out of range, orders to Streamlit, garbage, floods."""

import contextlib
import json
import struct
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed

from tests.security.guarded import PROJECT, Guarded, guarded
from tests.security.occupied import BROUGHT, THEIRS
from tests.support.visitor import Visitor

_MIB = 2**20
_ABOUT = "European Union"  # words of the page About


def choose(visitor: Visitor, chosen: object) -> None:
    """Send anything as the chosen rows of the runs table."""
    table = visitor.page.all("dataframe")[0]
    visitor.set(table.key, string_value=chosen if isinstance(chosen, str) else json.dumps({"selection": chosen}))


FORGED: dict[str, tuple[str, Callable[[Visitor], object]]] = {
    "an option that is not offered": ("train", lambda visitor: visitor.set("Preset", string_value="../../etc")),
    "a number beyond the slider": ("train", lambda visitor: visitor.set("Epochs", double_array_value=[1e18])),
    "several numbers for one": ("train", lambda visitor: visitor.set("Epochs", double_array_value=[1, 2, 3])),
    "no number": ("train", lambda visitor: visitor.set("Zoom", double_value=float("nan"))),
    "a word for a number": ("train", lambda visitor: visitor.set("Epochs", string_value="x")),
    "a path for a detector": ("analyze", lambda visitor: visitor.set("Detector", string_value="/etc/passwd")),
    "rows that are not there": (
        "runs",
        lambda visitor: choose(visitor, {"rows": [10**9, -1], "columns": [], "cells": []}),
    ),
    "a selection of wrong types": ("runs", lambda visitor: choose(visitor, {"rows": "all", "columns": 7})),
    "a selection that is deep": ("runs", lambda visitor: choose(visitor, "[" * 100_000)),
    "a selection that is no JSON": ("runs", lambda visitor: choose(visitor, "\0")),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_value_harms_nobody_but_its_sender(name: str, public: Guarded) -> None:
    page, forge = FORGED[name]
    with public.unharmed(quietly=False), public.visit() as visitor:
        forge(visitor.open(page))
        assert visitor.page.exceptions == []
        assert not any(str(PROJECT) in error for error in visitor.page.errors)
        assert "/etc" not in visitor.page.text


@pytest.mark.parametrize("key", ["is_operator", "$$ID-0123456789abcdef-is_operator"])
def test_a_widget_state_does_not_become_the_state_of_the_session(key: str, public: Guarded) -> None:
    with public.unharmed(quietly=False), public.visit() as visitor:
        visitor.open("train")
        visitor.states[key] = WidgetState(id=key, bool_value=True)
        visitor.rerun()
        visitor.states.clear()
        visitor.open("data")
        assert "Your own faces" not in visitor.page.text and not visitor.page.has("Sign out")


@pytest.mark.slow  # takes seconds to send
def test_a_hundred_thousand_widget_states_are_forgotten(public: Guarded) -> None:
    with public.unharmed(quietly=False), public.visit() as visitor:
        visitor.open("about")
        forged = {f"x{number}": WidgetState(id=f"x{number}", string_value="y") for number in range(100_000)}
        visitor.states |= forged
        visitor.rerun()
        assert visitor.page.exceptions == []


@pytest.mark.parametrize("name", ["../../../etc/passwd", "0" * 32, "a" * 100_000, "\u202e"])
def test_a_page_that_does_not_exist_leads_to_one_that_does(name: str, public: Guarded) -> None:
    with public.unharmed(), public.visit() as visitor:
        visitor.open("about")
        visitor._hash = name
        visitor.rerun()
        assert visitor.page.exceptions == []
        assert visitor.page.has("Play the sample", "button"), "the live page"


def test_pages_called_by_their_hash_are_as_closed_as_by_their_address(public: Guarded, own: Guarded) -> None:
    with own.visit() as owner:
        hashes = dict(owner.open("about").pages)
    with public.unharmed(), public.visit() as visitor:
        visitor.open("about")
        for address in ("data", "train", "runs"):
            visitor._hash = hashes[address]
            visitor.rerun()
            assert THEIRS not in visitor.page.text and BROUGHT not in visitor.page.text
            assert "Your own faces" not in visitor.page.text


def order(**fields: object) -> BackMsg:
    return BackMsg(**fields)  # type: ignore[arg-type]


def operation(visitor: Visitor, kind: str) -> BackMsg:
    message = BackMsg()
    message.backend_operation_request.request_id = "1"
    message.backend_operation_request.session_id = visitor.session_id
    getattr(message.backend_operation_request, kind).SetInParent()
    return message


ORDERS: dict[str, Callable[[Visitor], BackMsg]] = {
    "clear everybody's caches": lambda visitor: order(clear_cache=True),
    "tell the state of the repository": lambda visitor: order(load_git_info=True),
    "run on save": lambda visitor: order(set_run_on_save=True),
    "disconnect": lambda visitor: order(debug_disconnect_websocket=True),
    "shut the server down": lambda visitor: order(debug_shutdown_runtime=True),
    "install files for assistants": lambda visitor: operation(visitor, "install_skills"),
    "remember a refusal": lambda visitor: operation(visitor, "dismiss_skills_nudge"),
}


@pytest.mark.parametrize("name", ORDERS)
def test_an_order_to_streamlit_is_not_obeyed(name: str, public: Guarded) -> None:
    with public.unharmed(), public.visit() as visitor:
        visitor.open("about")
        assert not {"git_info_changed", "backend_operation_response"} & set(answers(visitor, ORDERS[name](visitor)))
        visitor.rerun()
        assert _ABOUT in visitor.page.text, "the visitor goes on"


def answers(visitor: Visitor, message: BackMsg) -> list[str]:
    """What kinds of messages come back within half a second."""
    kinds: list[str] = []
    visitor.socket.send(message)
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        answer = visitor.socket.receive(0.2)
        kinds += [answer.WhichOneof("type") or ""] if answer else []
    return kinds


@pytest.mark.slow  # a server of its own
def test_nothing_is_written_for_assistants_behind_a_tunnel(tmp_path: Path) -> None:
    """`make run` has a screen, and a tunnel on the same computer looks to Streamlit like the person before it."""
    (tmp_path / "served").mkdir()
    options = ["--server.headless", "false"]
    with (
        guarded(tmp_path / "served", "", options, DISPLAY="") as served,
        served.unharmed(),
        served.visit(headers={"X-Forwarded-For": "203.0.113.7"}) as visitor,
    ):
        visitor.open("about")
        for kind in ("dismiss_skills_nudge", "install_skills"):
            answers(visitor, operation(visitor, kind))


def test_nobody_loses_anything_by_an_order_to_clear_caches(public: Guarded) -> None:
    """Streamlit would clear the networks and the slots of all visitors, and the sender's own session."""
    with public.unharmed(), public.visit() as visitor:
        visitor.open("analyze").press("Try the example picture")
        visitor.socket.send(order(clear_cache=True))
        visitor.rerun()
        assert visitor.page.has("Table (CSV)", "download_button")


@pytest.mark.parametrize(
    "content",
    [b"\xff" * 100, b"", b"\x08\x96\x01" * 50, "text instead of bytes"],
    ids=["bytes", "nothing", "numbers", "text"],
)
def test_garbage_ends_its_own_connection_at_most(content: bytes | str, public: Guarded) -> None:
    with public.unharmed(quietly=False):
        with public.visit(seconds=5) as visitor:
            visitor.open("about")
            with contextlib.suppress(ConnectionClosed):
                visitor.socket.send_bytes(content)  # type: ignore[arg-type]
                visitor.stay(0.5)
        with public.visit() as another:
            assert _ABOUT in another.open("about").page.text


@pytest.mark.parametrize("mebibytes", [5, 30, 250])
def test_a_message_that_is_too_large_is_not_kept(mebibytes: int, public: Guarded) -> None:
    with public.unharmed(quietly=False), public.visit() as visitor:
        visitor.open("about")
        with contextlib.suppress(ConnectionClosed, OSError):
            visitor.socket.send_bytes(bytes(mebibytes * _MIB))
            visitor.stay(0.5)


def test_messages_that_never_end_do_not_fill_the_memory(public: Guarded) -> None:
    """Each socket announces a message of 199 MB and sends all but its end."""
    with public.unharmed(quietly=False), contextlib.ExitStack() as stack:
        for _ in range(5):
            visitor = stack.enter_context(public.visit())
            stack.callback(visitor.vanish)
            with contextlib.suppress(OSError):
                # a frame of binary data, its length in 64 bits, masked with zeros (RFC 6455, 5.2)
                visitor.socket._tcp.sendall(b"\x82\xff" + struct.pack(">Q", 199 * 10**6) + bytes(4))
                for _ in range(198):
                    visitor.socket._tcp.sendall(bytes(10**6))


def test_a_flood_of_messages_keeps_nobody_else_waiting(public: Guarded) -> None:
    with public.unharmed(quietly=False), public.visit() as flooding:
        flooding.open("about")
        for _ in range(3_000):
            flooding.request_rerun()
        with public.visit(seconds=10) as another:
            assert _ABOUT in another.open("about").page.text
        flooding.vanish()
