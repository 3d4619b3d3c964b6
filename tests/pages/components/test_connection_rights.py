"""Who is at this computer, who is a visitor, and which host names are answered."""

import pytest

from pages.components.connection_rights import FORWARDING_HEADERS, Rights, host_name, is_host_refused, rights

HERE = {"host": "localhost:8501", "origin": "http://localhost:8501"}


@pytest.fixture(autouse=True)
def no_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EMOTION_MODE", "EMOTION_HOSTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.0.0.53"])
def test_the_person_at_this_computer_has_own_rights(name: str, address: str) -> None:
    headers = {"host": f"{name}:8501", "origin": f"http://{name}:8501"}
    assert rights(headers, address) is Rights.own


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        (HERE, "192.168.1.7"),
        (HERE, None),
        (HERE, "no address"),
        ({**HERE, "host": "demo.example"}, "127.0.0.1"),
        ({**HERE, "origin": "https://demo.example"}, "127.0.0.1"),
        ({**HERE, "origin": "null"}, "127.0.0.1"),
        ({**HERE, "origin": "http://localhost.demo.example"}, "127.0.0.1"),
        ({**HERE, "host": "localhost@demo.example"}, "127.0.0.1"),
        ({"host": "localhost:8501"}, "127.0.0.1"),
        ({"origin": "http://localhost:8501"}, "127.0.0.1"),
        ({}, "127.0.0.1"),
    ],
)
def test_everybody_else_is_a_visitor(headers: dict[str, str], address: str | None) -> None:
    assert rights(headers, address) is Rights.public


def test_the_tunnels_and_proxies_of_the_instructions_are_known() -> None:
    """ngrok, cloudflared, tailscale and nginx, and what the standards (RFC 9110, RFC 7239) have every proxy add."""
    added = {"ngrok-trace-id", "cf-ray", "tailscale-user-login", "x-real-ip", "x-forwarded-for", "via", "forwarded"}
    assert added <= FORWARDING_HEADERS


@pytest.mark.parametrize("header", sorted(FORWARDING_HEADERS))
def test_whoever_comes_through_a_proxy_is_a_visitor(header: str) -> None:
    assert rights({**HERE, header: "127.0.0.1"}, "127.0.0.1") is Rights.public


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("own", Rights.own), (" OWN ", Rights.own), ("public", Rights.public), ("pubic", Rights.public)],
)
def test_the_mode_decides_and_an_unknown_one_opens_nothing(
    mode: str, expected: Rights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMOTION_MODE", mode)
    assert rights(HERE, "127.0.0.1") is expected
    assert rights({"host": "demo.example"}, "10.0.0.1") is expected


@pytest.mark.parametrize(
    ("mode", "hosts", "headers", "address", "refused"),
    [
        ("", "", {"host": "localhost:8501"}, "127.0.0.1", False),
        ("", "", {"host": "192.168.1.2:8501"}, "192.168.1.7", False),
        ("", "", {"host": "rebound.example:8501"}, "127.0.0.1", True),
        ("", "", {"host": "demo.example", "x-forwarded-for": "203.0.113.5"}, "127.0.0.1", False),
        ("", "", {"host": "demo.example"}, "10.0.0.1", False),
        ("", "demo.example", {"host": "rebound.example", "x-forwarded-for": "203.0.113.5"}, "127.0.0.1", True),
        ("", "demo.example", {"host": "demo.example"}, "127.0.0.1", False),
        ("own", "", {"host": "rebound.example"}, "127.0.0.1", True),
        ("own", "", {"host": "rebound.example", "x-forwarded-for": "203.0.113.5"}, "127.0.0.1", True),
        ("own", "lab.example", {"host": "LAB.example:8501"}, "10.0.0.1", False),
        ("public", "", {"host": "demo.example"}, "127.0.0.1", False),
        ("public", "", {}, "127.0.0.1", True),
        ("public", "", {"host": "a/b"}, "127.0.0.1", True),
    ],
)
def test_a_foreign_name_is_answered_only_where_it_can_hurt_nobody(
    mode: str, hosts: str, headers: dict[str, str], address: str, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMOTION_MODE", mode)
    monkeypatch.setenv("EMOTION_HOSTS", hosts)
    assert is_host_refused(headers, address) is refused


@pytest.mark.parametrize(
    ("host", "expected"),
    [("LOCALHOST.:80", "localhost"), ("[::1]:8501", "::1"), ("a@b", ""), ("a:b", ""), ("a?b", ""), ("[", ""), ("", "")],
)
def test_a_malformed_host_has_no_name(host: str, expected: str) -> None:
    assert host_name(host) == expected
