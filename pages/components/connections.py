"""How many websockets the server keeps open, in all and for one address."""

import ipaddress
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

MAX_CONNECTIONS = 40  # with server.maxMessageSize: as many unfinished messages fit in 240 MiB
MAX_OF_ONE_ADDRESS = 12  # tabs of one household


class Connections:
    """Counts websockets that are open."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def is_full_for(self, key: str) -> bool:
        """Whether another websocket of this address must be refused. key: as `address_key` gives it."""
        return self._open.total() >= MAX_CONNECTIONS or (bool(key) and self._open[key] >= MAX_OF_ONE_ADDRESS)

    @contextmanager
    def counted(self, key: str) -> Iterator[None]:
        """Count one as long as it is open."""
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


def address_key(headers: Mapping[str, str], address: str | None) -> str:
    """What tells visitors apart by where they come from; empty where that is not known.

    Behind a proxy it is the address that the nearest one appended to X-Forwarded-For. A private address without that
    header may be a proxy that names nobody, and stands for any number of visitors.
    """
    forwarded = headers.get("x-forwarded-for", "").split(",")[-1].strip()
    if forwarded:
        return forwarded
    try:
        return address if address and ipaddress.ip_address(address.split("%")[0]).is_global else ""
    except ValueError:
        return ""
