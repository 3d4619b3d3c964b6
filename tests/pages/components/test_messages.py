"""Which messages of a browser reach Streamlit."""

import asyncio

import pytest
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.components import messages
from pages.components.messages import filtered, is_returning, passes


def message(**fields: object) -> BackMsg:
    return BackMsg(**fields)  # type: ignore[arg-type]


def operation(name: str) -> BackMsg:
    made = BackMsg()
    getattr(made.backend_operation_request, name).SetInParent()
    return made


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (message(stop_script=True), True),
        (message(app_heartbeat=True), True),
        (operation("deferred_file"), True),
        (operation("dataframe_chunk"), True),
        (operation("install_skills"), False),
        (operation("dismiss_skills_nudge"), False),
        (message(clear_cache=True), False),
        (message(load_git_info=True), False),
        (message(set_run_on_save=True), False),
        (message(debug_shutdown_runtime=True), False),
        (message(debug_disconnect_websocket=True), False),
        (BackMsg(), False),
    ],
)
def test_only_what_a_page_needs_passes(sent: BackMsg, expected: bool) -> None:
    assert passes(sent.SerializeToString()) is expected


def test_reruns_pass_unless_they_are_enormous_or_no_message() -> None:
    run = BackMsg()
    run.rerun_script.query_string = "a=1"
    assert passes(run.SerializeToString())
    run.rerun_script.query_string = "a" * (messages.MAX_MESSAGE_BYTES + 1)
    assert not passes(run.SerializeToString())
    assert not passes(b"\xff no protobuf")


def test_a_forbidden_message_is_passed_over_and_the_next_one_comes_through() -> None:
    queue: list[Message] = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "bytes": message(clear_cache=True).SerializeToString()},
        {"type": "websocket.receive", "bytes": message(stop_script=True).SerializeToString()},
    ]

    async def receive() -> Message:
        return queue.pop(0)

    async def take_two() -> list[Message]:
        receiving = filtered(receive)
        return [await receiving(), await receiving()]

    first, second = asyncio.run(take_two())
    assert first["type"] == "websocket.connect"
    assert BackMsg.FromString(second["bytes"]).WhichOneof("type") == "stop_script"


def test_a_flood_of_messages_waits() -> None:
    async def receive() -> Message:
        return {"type": "websocket.receive", "bytes": message(stop_script=True).SerializeToString()}

    async def seconds_for(count: int, idle: float = 0) -> float:
        loop, receiving = asyncio.get_running_loop(), filtered(receive)
        now, slept = loop.time(), 0.0

        async def sleep(seconds: float) -> None:
            nonlocal slept, now
            slept, now = slept + seconds, now + seconds

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(messages.asyncio, "sleep", sleep)
            patched.setattr(loop, "time", lambda: now)
            await receiving()
            now += idle
            for _ in range(count - 1):
                await receiving()
        return slept

    assert asyncio.run(seconds_for(messages.BURST)) == 0
    assert asyncio.run(seconds_for(messages.BURST + 100)) == pytest.approx(100 / messages.A_SECOND)
    after_an_hour = asyncio.run(seconds_for(messages.BURST + 101, idle=3_600))
    assert after_an_hour == pytest.approx(100 / messages.A_SECOND), "silence saves up no more than one burst"


def test_a_socket_that_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "FIRST_MESSAGE_SECONDS", 0.05)

    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    async def first() -> Message:
        return await filtered(receive)()

    assert asyncio.run(first())["type"] == "websocket.disconnect"


def test_a_page_that_comes_back_may_be_silent_until_its_visitor_clicks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "FIRST_MESSAGE_SECONDS", 0.01)
    clicked = asyncio.Event()

    async def receive() -> Message:
        await clicked.wait()
        return {"type": "websocket.receive", "bytes": message(stop_script=True).SerializeToString()}

    async def first() -> Message:
        waiting = asyncio.ensure_future(filtered(receive, may_be_silent=True)())
        await asyncio.wait([waiting], timeout=0.1)
        clicked.set()
        return await waiting

    assert asyncio.run(first())["type"] == "websocket.receive"


@pytest.mark.parametrize(
    ("protocols", "expected"),
    [
        ("streamlit, 2|mask|token|time, 5f0c-session", True),
        ("streamlit, 2|mask|token|time", False),
        ("streamlit", False),
    ],
)
def test_a_page_that_comes_back_is_known_by_the_session_it_names(protocols: str, expected: bool) -> None:
    assert is_returning({"sec-websocket-protocol": protocols}) is expected
    assert not is_returning({})
