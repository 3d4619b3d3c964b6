"""Who sits at the other end of a connection: the person at this computer, or a visitor nobody knows."""

import ipaddress
import os
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlsplit

MODE_VARIABLE = "EMOTION_MODE"
HOSTS_VARIABLE = "EMOTION_HOSTS"
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

# What proxies and tunnels add to a request that they pass on; whoever comes through one is somewhere else.
FORWARDING_HEADERS = frozenset(
    {
        "cf-connecting-ip",
        "cf-ray",
        "cdn-loop",
        "fastly-client-ip",
        "fly-client-ip",
        "forwarded",
        "ngrok-trace-id",
        "tailscale-user-login",
        "true-client-ip",
        "via",
        "x-amzn-trace-id",
        "x-appengine-user-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-envoy-external-address",
        "x-forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-forwarded-server",
        "x-original-forwarded-for",
        "x-original-host",
        "x-real-ip",
    }
)


class Rights(StrEnum):
    """own: everything is open. public: nothing that changes the server or shows what others brought."""

    own = "own"
    public = "public"


def rights(headers: Mapping[str, str], address: str | None) -> Rights:
    """The rights of one connection.

    headers: of its first request, names in lower case. address: of the other end, None where it is not known.
    EMOTION_MODE decides where it is set (any word but "own" means public). Otherwise a connection has own rights when
    its Host and Origin are names of this computer, it comes from this computer, and no proxy passed it on.
    """
    mode = os.environ.get(MODE_VARIABLE, "").strip().lower()
    if mode:
        return Rights.own if mode == Rights.own else Rights.public
    is_here = (
        host_name(headers.get("host", "")) in LOCAL_NAMES
        and _origin_name(headers.get("origin", "")) in LOCAL_NAMES
        and is_loopback(address)
        and not is_forwarded(headers)
    )
    return Rights.own if is_here else Rights.public


def is_host_refused(headers: Mapping[str, str], address: str | None) -> bool:
    """Whether a request must not be answered because of the host name it asks for.

    A page elsewhere can make its own name point to this computer (DNS rebinding) and would then be read as this app.
    So a foreign name is answered only where it is listed in EMOTION_HOSTS, or where its visitor has public rights and
    comes over the network or through a proxy that says so. An address instead of a name cannot be rebound.
    """
    name = host_name(headers.get("host", ""))
    if not name:
        return True
    if name in LOCAL_NAMES or _is_address(name):
        return False
    listed = os.environ.get(HOSTS_VARIABLE, "").lower().split()
    if listed:
        return name not in listed
    mode = os.environ.get(MODE_VARIABLE, "").strip().lower()
    if mode:
        return mode == Rights.own
    return is_loopback(address) and not is_forwarded(headers)


def host_name(host: str) -> str:
    """The name in a Host header, without its port; empty for one that is malformed.

    >>> host_name("LocalHost:8501"), host_name("[::1]:8501"), host_name("a@b")
    ('localhost', '::1', '')
    """
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises for one that is no number
    except ValueError:
        return ""
    is_plain = parts.username is None and not (parts.path or parts.query or parts.fragment)
    return (parts.hostname or "").rstrip(".") if is_plain else ""


def is_forwarded(headers: Mapping[str, str]) -> bool:
    """Whether a proxy or tunnel passed the request on and says so."""
    return any(name.lower() in FORWARDING_HEADERS for name in headers)


def is_loopback(address: str | None) -> bool:
    """Whether an address is this computer's own; an unknown one is not."""
    try:
        return ipaddress.ip_address((address or "").split("%")[0]).is_loopback
    except ValueError:
        return False


def _origin_name(origin: str) -> str:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return host_name(parts.netloc) if parts.scheme in ("http", "https") else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
