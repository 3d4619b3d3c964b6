"""Data: look at faces and labels before anything learns from them."""

import streamlit as st

from emotion_core.datasets import DatasetError
from pages.components import access
from pages.components.cache import begin_page, open_dataset
from pages.components.corrections_table import show_corrections
from pages.components.data_browser import browse, show_overview
from pages.components.data_source import choose_source
from pages.components.label_issue_editor import show_label_issues

begin_page()
st.title("Data")
st.write("See what a network would learn from: how many faces of each emotion, what they look like, what is wrong.")
source = choose_source()
if st.button(
    "Show these data",
    type="primary",
    disabled=not source,
    help=None if source else "Choose the data first.",
    icon=":material/table_view:",
    key="show these data",
):
    st.session_state.shown_source = source
shown = st.session_state.get("shown_source")
if shown and shown == source:
    try:
        dataset = open_dataset(shown)
    except DatasetError as error:
        st.error(str(error))
    else:
        st.subheader(dataset.name)
        overview, faces, label_issues = st.tabs(["Overview", "Faces", "Label issues"])
        with overview:
            show_overview(dataset)
        with faces:
            browse(dataset)
        with label_issues:
            show_label_issues(dataset, shown)

if access.is_owner():
    st.subheader("Faces you corrected")
    show_corrections()
