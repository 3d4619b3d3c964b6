import pytest

from emotion_core.vision.live.slots import StreamSlots, stream_limit


def test_places_are_limited_given_back_and_forgotten() -> None:
    now = [0.0]
    places = StreamSlots(2, clock=lambda: now[0])
    assert places.take("a") and places.take("b") and places.take("a")
    assert places.is_full_for("c") and not places.take("c") and not places.is_full_for("a")
    places.leave("a")
    assert places.take("c")
    now[0] = 14.0
    assert places.take("c")
    now[0] = 16.0
    assert places.take("d"), "b brought nothing for a quarter of a minute"
    assert not places.take("b")


def test_a_long_stay_ends_when_somebody_waits_and_the_place_is_theirs() -> None:
    now = [0.0]
    places = StreamSlots(1, clock=lambda: now[0])
    for now[0] in range(0, 100, 10):
        assert places.take("long", longest=50), "nobody waits"
    assert not places.wait("next") and not places.was_evicted("long")
    assert not places.take("long", longest=50) and places.was_evicted("long")
    assert not places.take("long", longest=50) and not places.take("stranger"), "it is kept for whoever waits"
    assert places.wait("next") and places.take("next", longest=50) and places.is_full_for("long")
    assert not places.wait("long")
    now[0] += 60
    assert places.take("long"), "the others said nothing for a while"
    assert not places.was_evicted("long")


def test_a_short_stay_is_not_ended_and_one_who_waits_ends_one_stay_only() -> None:
    now = [0.0]
    places = StreamSlots(2, clock=lambda: now[0])
    assert places.take("a", 10) and places.take("b", 10)
    assert not places.wait("c")
    assert places.take("a", 10) and places.take("b", 10)
    now[0] = 12.0
    assert [places.take("a", 10), places.take("b", 10)] == [False, True]


def test_whoever_stops_waiting_holds_nobody_up() -> None:
    places = StreamSlots(1, clock=lambda: 0.0)
    assert places.take("a") and not places.wait("b")
    places.leave("b")
    places.leave("a")
    assert not places.is_full_for("c") and places.take("c")


def test_the_limit_comes_from_the_environment_or_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_STREAMS", "7")
    assert stream_limit() == 7
    for wrong in ("0", "many", "-3"):
        monkeypatch.setenv("EMOTION_STREAMS", wrong)
        assert stream_limit() >= 2
