"""Every bad input, brought as a visitor brings it: the page says one sentence, and nothing else happens."""

import pytest

from tests.security.guarded import Guarded, is_one_sentence
from tests.support.bad_inputs import DATASET, PICTURE, PROFILE, READ, REFUSED, VIDEO, BadInput, all_bad_inputs

_FAILURE = "Something went wrong"  # what a page says of an error that it did not expect
_UPLOADER = "Pictures or videos"
# What is read takes longer than what is refused, and each data set a process of its own: these stand for the others in
# quick runs.
_QUICK = {
    *("one_pixel", "png_rgba_limit", "jpeg_orientation", "broken_middle", "playlist_in_subtitles"),
    *("name_traversal", "name_markup", "name_formula"),
    *("zip_traversal", "zip_encrypted", "parquet_cut_short", "csv_zero_characters", "pickle_csv"),
}


def _of(*kinds: str) -> list[object]:
    """The bad inputs of these kinds, the slow ones marked."""
    chosen = [bad for bad in all_bad_inputs() if bad.kind in kinds]
    return [pytest.param(bad, id=bad.name, marks=[pytest.mark.slow] if _is_slow(bad) else []) for bad in chosen]


def _is_slow(bad: BadInput) -> bool:
    return bad.slow or (bad.name not in _QUICK and (bad.kind == DATASET or bad.outcome == READ))


@pytest.mark.parametrize("bad", _of(PICTURE, VIDEO))
def test_a_bad_picture_or_video_gets_one_sentence(bad: BadInput, public: Guarded) -> None:
    content = bad.make(public.canary)
    with public.unharmed(quietly=not bad.forged), public.visit(seconds=200) as visitor:
        visitor.open("analyze")
        answers = visitor.upload(_UPLOADER, {bad.file_name: content})
        page = visitor.page
        assert [answer.status for answer in answers] in ([204], [400], [413]), "taken, or refused at the gate"
        assert page.exceptions == []
        assert bad.forged or not [error for error in page.errors if _FAILURE in error]
        assert all(is_one_sentence(error) for error in page.errors), page.errors
        if bad.outcome == REFUSED:
            assert len(page.errors) == 1, page.text
        if bad.outcome == READ:
            assert page.errors == [] and page.has("Table (CSV)", "download_button"), page.text


@pytest.mark.parametrize("bad", _of(PROFILE))
def test_a_file_that_no_page_wants_is_not_read(bad: BadInput, public: Guarded) -> None:
    with public.unharmed(quietly=False), public.visit() as visitor:
        visitor.open("analyze")
        visitor.upload(_UPLOADER, {bad.file_name: bad.make(public.canary)})
        assert not visitor.page.has("Table (CSV)", "download_button")


@pytest.mark.parametrize("bad", _of(DATASET))
def test_a_bad_data_set_gets_one_sentence(bad: BadInput, own: Guarded) -> None:
    """In own mode, where data may be brought: files of strangers reach the owner too."""
    content = bad.make(own.canary)
    with own.unharmed(kept="" if bad.outcome == REFUSED else bad.file_name), own.visit(seconds=200) as visitor:
        visitor.open("data").set("Data", string_value="Upload")
        visitor.upload("Data set", {bad.file_name: content})
        page = visitor.page
        assert page.exceptions == []
        assert not [error for error in page.errors if _FAILURE in error]
        assert all(is_one_sentence(error) for error in page.errors), page.errors
        if bad.outcome == REFUSED:
            assert len(page.errors) == 1 and "It is not kept." in page.errors[0], page.text
