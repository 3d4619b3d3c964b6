"""Many pictures in one list."""

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from emotion_core.vision.media.example import read_example
from emotion_core.vision.media.uploads import Analysis
from pages.components import gallery
from tests.pages.steps import labelled, open_page, png


def upload(at: AppTest, count: int) -> AppTest:
    """The example, and pictures of noise."""
    uploader = labelled(at.file_uploader, "Pictures or videos")
    uploader.upload("face.png", read_example(), "image/png")
    for number in range(count - 1):
        noise = np.random.default_rng(number).integers(0, 256, (90, 120), np.uint8)
        uploader.upload(f"noise{number}.png", png(noise), "image/png")
    return at.run()


def listed(at: AppTest) -> pd.DataFrame:
    return next(frame.value for frame in at.dataframe if "remarks" in frame.value)


def test_the_list_is_filtered_by_answer_and_sorted() -> None:
    at = upload(open_page("analyze"), 3)
    assert not at.exception and listed(at)["picture"].tolist() == ["face.png", "noise0.png", "noise1.png"]
    assert any(caption.value == "3 rows; a click opens one." for caption in at.caption)
    emotion = listed(at)["emotion"].iloc[0]
    labelled(at.button_group, "Show").set_value([emotion]).run()
    assert listed(at)["picture"].tolist() == ["face.png"]
    other = "fear" if emotion != "fear" else "angry"
    labelled(at.button_group, "Show").set_value([other]).run()
    assert not at.exception and any("No face is left" in info.value for info in at.info)


def test_faces_of_all_pictures_have_their_place_remarks_and_order() -> None:
    at = upload(open_page("analyze"), 2)
    kept: dict[str, Analysis] = {key: made.analysis for key, made in at.session_state.analyses.items()}
    rows = gallery.faces_of(kept)
    assert rows["key"].tolist() == list(kept) and rows["place"].tolist() == [0, 0]
    assert rows["number"].iloc[0] == 1 and pd.isna(rows["number"].iloc[1])
    assert 0 < rows["confidence"].iloc[0] <= 1 and rows["remarks"].iloc[0] == ""
    labelled(at.selectbox, "Sort").set_value("least sure first").run()
    assert not at.exception and listed(at)["picture"].tolist() == ["face.png", "noise0.png"], "no face comes last"
