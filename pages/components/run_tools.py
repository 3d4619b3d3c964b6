"""What the owner can do with a run: write a note, delete it."""

import streamlit as st

from emotion_core.experiments import jobs
from emotion_core.experiments.run import Run
from emotion_core.experiments.shipped import ShippedRun
from emotion_core.files import reason
from pages.components import access


def show_tools(run: Run) -> None:
    """A field for a note and a button that deletes the run; nothing for visitors and for shipped models."""
    if isinstance(run, ShippedRun) or not access.is_owner():
        return
    note, delete = st.columns([3, 1], vertical_alignment="bottom")
    note.text_input("Note", run.note, key=f"note {run.name}", on_change=_keep_note, args=(run,))
    if jobs.state(run).is_active:
        return
    with delete.popover("Delete", icon=":material/delete:", width="stretch"):
        st.write("Curves, report and model will be deleted. A promoted copy of the model stays.")
        if st.button("Delete it", type="primary", key=f"delete {run.name}"):
            try:
                access.check("Deleting a run")
                jobs.delete(run)
            except (jobs.JobError, OSError) as error:
                st.error(f"It cannot be deleted: {reason(error)}")
                return
            st.rerun()


def _keep_note(run: Run) -> None:
    try:
        access.check("Writing a note")
        run.write_note(st.session_state[f"note {run.name}"])
    except OSError as error:
        st.toast(f"The note cannot be kept: {reason(error)}")
