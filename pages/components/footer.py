"""The foot of every page: what happens to pictures, who runs the server, and the operator's way in."""

import os

import streamlit as st

from pages.components import access, operator

NAME_VARIABLE, CONTACT_VARIABLE = "OPERATOR_NAME", "OPERATOR_CONTACT"
_NOTICE = (
    "The model reads the expression in a picture, not what a person feels. "
    "Uploads, camera frames and profiles are processed in memory and not stored"
)


def show_footer() -> None:
    """The notice, the operator's name and contact from the secrets, and the way to sign in."""
    if access.is_owner():
        st.caption(
            f"{_NOTICE}. Stored until you delete them: data sets, results of files analyzed on this computer, and "
            "faces that you agreed to keep."
        )
    else:
        st.caption(f"{_NOTICE}; nobody else sees them.")
    known = [os.environ.get(name, "") for name in (NAME_VARIABLE, CONTACT_VARIABLE)]
    if any(known):
        st.caption(f"This server is run by {', '.join(filter(None, known))}.")
    if access.is_signed_in():
        if st.button("Sign out", icon=":material/logout:", type="tertiary"):
            access.sign_out()
            st.rerun()
    elif operator.is_too_short():
        st.caption(
            f"The operator cannot sign in: the password has fewer than {operator.MIN_PASSWORD_LENGTH} characters."
        )
    elif operator.is_configured() and not access.is_owner():
        _show_sign_in()


def _show_sign_in() -> None:
    with st.popover("Operator", icon=":material/key:", type="tertiary"), st.form("sign in", border=False):
        given = st.text_input("Password", type="password", max_chars=200)
        if st.form_submit_button("Sign in"):
            refusal = access.sign_in(given)
            if refusal:
                st.error(refusal)
            else:
                st.rerun()
