"""Who is taken for the person at this computer where no mode is set: nobody from a tunnel or under a rebound name."""

import http.client
import socket
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from tests.security.conftest import PASSWORD
from tests.security.guarded import Guarded, guarded
from tests.support.visitor import Visitor

_OWN = "Faces you corrected"  # a heading that only the owner sees
ELSEWHERE = "203.0.113.7"  # of RFC 5737, nobody's


@pytest.fixture(scope="module")
def unset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """As `make run` starts it: without a mode, on this computer's own address."""
    with guarded(tmp_path_factory.mktemp("unset"), "", OPERATOR_PASSWORD=PASSWORD) as served:
        yield served


def is_owner(served: Guarded, headers: dict[str, str | None]) -> bool:
    """Whether somebody with these headers gets the owner's pages."""
    with served.visit(headers=headers) as visitor:
        visitor.open("data")
        assert visitor.page.text
        return _OWN in visitor.page.text


def test_the_person_at_this_computer_is_the_owner(unset: Guarded) -> None:
    assert is_owner(unset, {})


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": ELSEWHERE},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-For": "localhost", "X-Forwarded-Host": "localhost"},
        {"x-forwarded-for": ""},
        {"Forwarded": "for=127.0.0.1;host=localhost"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 localhost"},
        {"CF-Connecting-IP": "127.0.0.1"},
        {"ngrok-trace-id": "1"},
        {"Origin": None},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_a_local_name_does_not_make_an_owner_of_somebody_passed_on(
    headers: dict[str, str | None], unset: Guarded
) -> None:
    with unset.unharmed():
        try:
            assert not is_owner(unset, headers)
        except InvalidStatus as refused:
            assert refused.response.status_code == 403


@pytest.mark.parametrize("claimed", ["http://localhost:8501", "http://127.0.0.1"])
def test_what_a_tab_says_of_its_own_address_is_not_believed(claimed: str, unset: Guarded) -> None:
    with unset.unharmed(), unset.visit(headers={"X-Forwarded-For": ELSEWHERE}, claimed_url=claimed) as visitor:
        visitor.open("data")
        assert _OWN not in visitor.page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Origin": "http://localhost@evil.example"},
        {"Host": "evil.example"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"Host": "localhost.evil.example", "Origin": "http://localhost.evil.example"},
        {"Host": "evil.example:80", "Origin": "http://localhost"},
    ],
    ids=str,
)
def test_a_page_elsewhere_gets_no_websocket(headers: dict[str, str | None], unset: Guarded) -> None:
    """Another site in the owner's browser, also one whose name was made to point here (DNS rebinding)."""
    with unset.unharmed(), pytest.raises(InvalidStatus) as refused:
        unset.visit(headers=headers)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/host-config", "/media/x", "/_stcore/metrics"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "a@localhost", "localhost/../x", ""])
def test_a_rebound_name_is_answered_with_nothing(host: str, path: str, unset: Guarded) -> None:
    status, body = raw(unset, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
    assert status in (400, 421) and b"<html" not in body


def test_two_hosts_in_one_request_are_one_too_many(unset: Guarded) -> None:
    port = unset.server.url.rpartition(":")[2]
    for names in ((f"localhost:{port}", "evil.example"), ("evil.example", f"localhost:{port}")):
        lines = "".join(f"Host: {name}\r\n" for name in names)
        assert raw(unset, f"GET / HTTP/1.1\r\n{lines}Connection: close\r\n\r\n")[0] in (400, 421)


def raw(served: Guarded, request: str) -> tuple[int, bytes]:
    """Status and body of a request written by hand."""
    port = int(served.server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.read()


def test_the_operators_password_cannot_be_tried_out(unset: Guarded) -> None:
    """Twenty wrong ones, and the right one is refused too, for everybody and for a minute."""
    elsewhere: dict[str, str | None] = {"X-Forwarded-For": ELSEWHERE}
    with unset.unharmed(), unset.visit(headers=elsewhere) as visitor:
        visitor.open("about")
        for number in range(20):
            try_password(visitor, f"a wrong password, number {number}")
        assert "not the operator's password" in visitor.page.errors[0]
        with unset.visit(headers=elsewhere) as another:
            try_password(another.open("about"), PASSWORD)
            assert "Too many wrong passwords" in another.page.text
            assert not another.page.has("Sign out")


def try_password(visitor: Visitor, password: str) -> None:
    visitor.states.clear()
    visitor.set("Password", string_value=password)
    visitor.press("Sign in")
