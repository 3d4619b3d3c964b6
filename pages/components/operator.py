"""The operator's password: how it is compared, and how often it may be guessed."""

import hashlib
import hmac
import os
import threading
import time
from collections import deque
from collections.abc import Callable

PASSWORD_VARIABLE = "OPERATOR_PASSWORD"
MIN_PASSWORD_LENGTH = 16  # characters
_TRIES, _WINDOW = 20, 60.0  # wrong passwords of all visitors together in so many seconds: ten million guesses a year


class SignIn:
    """Compares passwords in constant time and limits wrong ones. Safe between threads. clock: seconds that rise."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: deque[float] = deque()

    def refusal(self, given: str) -> str:
        """Why this password does not sign in, in one sentence; empty where it does."""
        if not is_configured():
            return "No operator can sign in on this server."
        with self._lock:
            now = self._clock()
            while self._wrong and now - self._wrong[0] > _WINDOW:
                self._wrong.popleft()
            if len(self._wrong) >= _TRIES:
                return "Too many wrong passwords were tried. Wait a minute, then try again."
            if hmac.compare_digest(_digest(given), _digest(_password())):
                return ""
            self._wrong.append(now)
        return "This is not the operator's password."


def is_configured() -> bool:
    """Whether there is an operator's password that is long enough to be safe."""
    return len(_password()) >= MIN_PASSWORD_LENGTH


def is_too_short() -> bool:
    """Whether there is a password that cannot be used, as it is shorter than `MIN_PASSWORD_LENGTH`."""
    return 0 < len(_password()) < MIN_PASSWORD_LENGTH


def _password() -> str:
    return os.environ.get(PASSWORD_VARIABLE, "")


def _digest(text: str) -> bytes:
    """Of the same length for every password, so that the time of a comparison tells nothing."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
