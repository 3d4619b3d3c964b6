import pytest

from emotion_core.vision.places import Places, stream_limit


def test_places_are_limited_given_back_and_forgotten() -> None:
    now = [0.0]
    places = Places(2, clock=lambda: now[0])
    assert places.take("a") and places.take("b") and places.take("a")
    assert places.is_full_for("c") and not places.take("c") and not places.is_full_for("a")
    places.leave("a")
    assert places.take("c")
    now[0] = 14.0
    assert places.take("c")
    now[0] = 16.0
    assert places.take("d"), "b brought nothing for a quarter of a minute"
    assert not places.take("b")


def test_the_limit_comes_from_the_environment_or_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_STREAMS", "7")
    assert stream_limit() == 7
    for wrong in ("0", "many", "-3"):
        monkeypatch.setenv("EMOTION_STREAMS", wrong)
        assert stream_limit() >= 2
