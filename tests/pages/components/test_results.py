"""How much of what was made of uploads is kept."""

from dataclasses import replace

import pytest

from emotion_core.limits import VISITOR
from emotion_core.vision.media.records import error_record
from emotion_core.vision.media.uploads import Analysis
from pages.components.results import MIB, ResultQuota

LIMITS = replace(VISITOR, visitor_results_mib=10, server_results_mib=15)


def made(mib: int) -> Analysis:
    return Analysis("clip.mp4", True, (error_record("clip.mp4", ""),), bytes(mib * MIB), "First minute only.")


@pytest.mark.parametrize(("size", "own", "whole"), [(9, 0, True), (11, 0, False), (5, 4, True), (5, 6, False)])
def test_beyond_the_visitors_quota_the_annotated_file_is_not_kept(size: int, own: int, whole: bool) -> None:
    kept = ResultQuota().admit(made(size), [made(own)], LIMITS)
    assert (len(kept.annotated) == size * MIB) is whole
    assert kept.note.startswith("First minute only.") and ("is not kept" in kept.note) is not whole


def test_all_visitors_together_have_a_quota_and_a_result_that_is_gone_counts_no_more() -> None:
    quota = ResultQuota()
    first = quota.admit(made(9), [], LIMITS)
    assert not quota.admit(made(8), [], LIMITS).annotated
    assert first.annotated
    del first
    assert quota.admit(made(8), [], LIMITS).annotated


def test_a_table_that_is_too_large_becomes_a_sentence() -> None:
    faces = [{"box": [0, 0, 1, 1]}] * 6_000
    kept = ResultQuota().admit(Analysis("clip.mp4", True, ({"error": None, "faces": faces},)), [], LIMITS)
    assert kept.face_count == 0 and kept.error is not None and "clip.mp4: the server holds too many" in kept.error
