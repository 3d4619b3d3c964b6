"""The operator's password."""

import pytest

from pages.components import operator
from pages.components.operator import SignIn

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR_PASSWORD", PASSWORD)


def test_only_the_password_signs_in() -> None:
    sign_in = SignIn()
    assert sign_in.refusal(PASSWORD) == ""
    for wrong in ("", PASSWORD[:-1], PASSWORD.upper(), PASSWORD + "\ud800"):
        assert sign_in.refusal(wrong) == "This is not the operator's password."


def test_wrong_passwords_of_everybody_together_are_limited_for_a_minute() -> None:
    now = [0.0]
    sign_in = SignIn(lambda: now[0])
    answers = {sign_in.refusal(f"guess {number}") for number in range(20)}
    assert answers == {"This is not the operator's password."}
    assert "Too many wrong passwords" in sign_in.refusal("guess 20")
    assert "Too many wrong passwords" in sign_in.refusal(PASSWORD), "no oracle while the limit holds"
    now[0] = 61.0
    assert sign_in.refusal(PASSWORD) == ""


@pytest.mark.parametrize(("given", "configured", "too_short"), [("", False, False), ("letmein", False, True)])
def test_without_a_long_password_nobody_signs_in(
    given: str, configured: bool, too_short: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPERATOR_PASSWORD", given)
    assert SignIn().refusal(given) == "No operator can sign in on this server."
    assert (operator.is_configured(), operator.is_too_short()) == (configured, too_short)
