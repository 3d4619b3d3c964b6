"""Shows what a session of the app knows of its visitor; served by test_replicas.py."""

import json

import streamlit as st

st.text(json.dumps({"address": st.context.ip_address, **{name.lower(): st.context.headers[name] for name in st.context.headers}}))
