"""What keeps the camera from starting, found out in the browser and said in one sentence."""

import streamlit as st

# By the name of the browser's error, https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia.
_SENTENCES = {
    "NotAllowedError": "The browser blocks the camera. Allow it beside the page's address, then press START again.",
    "NotFoundError": "There is no camera. Plug one in, then press START again.",
    "NotReadableError": "The camera does not answer. Close the other program that uses it, then press START again.",
    "AbortError": "The camera stopped while it was opened. Unplug it, plug it in again and press START.",
    "OverconstrainedError": "The chosen camera is gone. Choose another one beside START.",
    "Insecure": "Browsers allow the camera only on secure pages. Open this page with https or on localhost.",
}
_OTHER = "The camera does not start: the browser gives no reason. Reload the page, or try another browser."

# The component that shows the video keeps to itself what the browser answered, and shows its name only. This looks over
# its shoulder: it runs in the page, wraps the call in the component's frame and hides the frame's own alerts.
_WATCH = """
export default function({ data, setStateValue }) {
    // Each change runs the page again, which a browser that is about to connect has no time for.
    const tell = (problem) => {
        if (problem !== (window.cameraProblem ?? null)) setStateValue("problem", window.cameraProblem = problem);
    };
    const look = () => {
        const frame = document.querySelector('iframe[title="streamlit_webrtc.component.webrtc_streamer"]');
        const view = frame?.contentWindow, head = frame?.contentDocument?.head;
        if (!head || head.querySelector("#watched")) return;  // the window outlives its first, empty document
        head.insertAdjacentHTML("beforeend", `<style id="watched">${data}</style>`);
        const devices = view.navigator.mediaDevices;
        setStateValue("watches", Date.now());  // the page's next run lets the frame measure itself anew
        if (!devices) return tell("Insecure");
        if (devices.isWatched) return;
        devices.isWatched = true;
        const open = devices.getUserMedia.bind(devices);
        devices.getUserMedia = async (wish) => {
            try {
                const stream = await open(wish);
                tell(null);
                return stream;
            } catch (error) {
                tell(error.name);
                throw error;
            }
        };
    };
    look();
    const timer = setInterval(look, 200);
    return () => clearInterval(timer);
}
"""
# The frame's alerts, and the empty place where the video will be.
_HIDDEN = ".MuiAlert-root, .MuiPaper-root:has([data-testid=VideoLabelIcon]) { display: none !important }"
_watch = st.components.v2.component("camera_watch", js=_WATCH)


def _nothing() -> None:
    """For changes that the next run of the page sees."""


def camera_problem() -> str | None:
    """Why the camera did not start when it was asked last, as a sentence; None where it did. Mounts a component."""
    problem = _watch(key="camera_watch", data=_HIDDEN, on_problem_change=_nothing, on_watches_change=_nothing).problem
    return _SENTENCES.get(problem, _OTHER) if problem else None
