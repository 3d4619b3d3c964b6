"""How many websockets are kept open."""

import pytest

from pages.components.connections import MAX_CONNECTIONS, MAX_OF_ONE_ADDRESS, Connections, address_key


@pytest.mark.parametrize(("key", "room"), [("203.0.113.5", MAX_OF_ONE_ADDRESS), ("", MAX_CONNECTIONS)])
def test_there_is_room_for_so_many_and_again_when_one_goes(key: str, room: int) -> None:
    connections, entered = Connections(), []
    while not connections.is_full_for(key):
        entered.append(connections.counted(key))
        entered[-1].__enter__()
    assert len(entered) == room
    assert connections.is_full_for("198.51.100.1") is (room == MAX_CONNECTIONS)
    entered[0].__exit__(None, None, None)
    assert not connections.is_full_for(key)


@pytest.mark.parametrize(
    ("headers", "address", "expected"),
    [
        ({}, "203.0.113.5", ""),  # documentation addresses are not global
        ({}, "8.8.8.8", "8.8.8.8"),
        ({}, "10.0.0.1", ""),
        ({}, "127.0.0.1", ""),
        ({}, None, ""),
        ({}, "unix", ""),
        ({"x-forwarded-for": "1.1.1.1, 203.0.113.5"}, "127.0.0.1", "203.0.113.5"),
    ],
)
def test_visitors_are_told_apart_by_what_the_nearest_proxy_says(
    headers: dict[str, str], address: str | None, expected: str
) -> None:
    assert address_key(headers, address) == expected
