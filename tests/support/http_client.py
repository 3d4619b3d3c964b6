"""Plain HTTP to a served app, with headers of one's own and the cookies that the server sets."""

import http.client
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

XSRF_COOKIE = "_streamlit_xsrf"


@dataclass(frozen=True)
class Answer:
    """What came back. headers: names in lower case, the last of several with one name."""

    status: int
    headers: dict[str, str]
    body: bytes


class HttpClient:
    """Requests to one server. headers: sent with each of them; `Host` replaces the usual one."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, timeout: float = 60.0) -> None:
        parts = urlsplit(url)
        assert parts.hostname and parts.port, url
        self.address = (parts.hostname, parts.port)
        self.headers = dict(headers or {})
        self.cookies: dict[str, str] = {}
        self._timeout = timeout

    def request(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own. Raises `OSError` where the server does not answer."""
        connection = http.client.HTTPConnection(*self.address, timeout=self._timeout)
        try:
            connection.request(method, path, body, {**self.headers, **self.cookie_header, **(headers or {})})
            response = connection.getresponse()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
            for name, value in response.getheaders():
                if name.lower() == "set-cookie":  # not http.cookies: the app's token has bars and stays as it is
                    key, _, content = value.partition(";")[0].partition("=")
                    self.cookies[key.strip()] = content.strip()
            return answer
        finally:
            connection.close()

    @property
    def cookie_header(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": pairs} if pairs else {}

    @property
    def xsrf_token(self) -> str:
        """What the server wants to see again with a changing request; empty before the first answer."""
        return self.cookies.get(XSRF_COOKIE, "")


def multipart(name: str, content: bytes, kind: str = "application/octet-stream") -> tuple[bytes, str]:
    """The body that a form with one file sends, and its content type."""
    boundary = "visitor-7d1f0c3a9b"
    quoted = name.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted}"; filename="{quoted}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
