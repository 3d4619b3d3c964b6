"""What this session may do: asked by the widgets, and again right before every call that changes the server."""

from dataclasses import replace

import streamlit as st

from emotion_core.limits import OWNER, VISITOR, Limits
from pages.components import operator, uploading
from pages.components.connection_rights import Rights, rights

_OPERATOR = "is_operator"  # in the session's state
_sign_in = operator.SignIn()


class ClosedError(PermissionError):
    """Something that visitors may not do; the message is one sentence."""


def is_owner() -> bool:
    """Whether everything is open to this session: the person at this computer, or the signed-in operator."""
    if is_signed_in():
        return True
    headers = {name.lower(): value for name, value in st.context.headers.items()}
    # Streamlit says None for this computer, and for a session without a connection, which then has no headers either
    return rights(headers, st.context.ip_address or "127.0.0.1") is Rights.own


def limits() -> Limits:
    """The quotas of this session."""
    return OWNER if is_owner() else VISITOR


def check(act: str) -> None:
    """Raise `ClosedError` unless this session may change the server. act: what is asked for, as in "Training"."""
    if not is_owner():
        raise ClosedError(f"{act} is not available to visitors of this server. {_way_in()}")


def explain_closed(words: str) -> None:
    """Say in one place of a page what is closed here and how it opens. words: one or more whole sentences."""
    st.info(f"{words} {_way_in()}", icon=":material/lock:")


def note_session(may_upload: bool, file_mib: int | None = None) -> None:
    """Tell the gate in front of the server whether this session may upload now; every page says no first.

    file_mib: of a file, where the page takes smaller ones than the quota allows."""
    own = limits()
    allowed = own if file_mib is None else replace(own, file_mib=min(file_mib, own.file_mib))
    uploading.LEDGER.grant(allowed if may_upload else None)


def sign_in(password: str) -> str:
    """Give this session the operator's rights; else why not, in one sentence."""
    refusal = _sign_in.refusal(password)
    if not refusal:
        st.session_state[_OPERATOR] = True
    return refusal


def is_signed_in() -> bool:
    """Whether this session has its rights from the operator's password."""
    return bool(st.session_state.get(_OPERATOR))


def sign_out() -> None:
    """Take the operator's rights back."""
    st.session_state.pop(_OPERATOR, None)


def _way_in() -> str:
    if operator.is_configured():
        return (
            "The operator can sign in at the foot of the page; on your own computer, `make run` gives you everything."
        )
    return "On your own computer, `make run` gives you everything; on a server, the operator sets OPERATOR_PASSWORD."
