"""Shows what a session of the app knows of its visitor; served by test_replicas.py."""

import json

import streamlit as st

headers = {name.lower(): value for name, value in st.context.headers.items()}
st.text(json.dumps({"address": st.context.ip_address, **headers}))
