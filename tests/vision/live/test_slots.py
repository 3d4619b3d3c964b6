import pytest

from emotion_core.vision.live.slots import StreamSlots, stream_limit


def test_slots_are_limited_given_back_and_forgotten() -> None:
    now = [0.0]
    slots = StreamSlots(2, clock=lambda: now[0])
    assert slots.take("a") and slots.take("b") and slots.take("a")
    assert slots.is_full_for("c") and not slots.take("c") and not slots.is_full_for("a")
    slots.leave("a")
    assert slots.take("c")
    now[0] = 14.0
    assert slots.take("c")
    now[0] = 16.0
    assert slots.take("d"), "b brought nothing for a quarter of a minute"
    assert not slots.take("b")


def test_a_long_stay_ends_when_somebody_waits_and_the_place_is_theirs() -> None:
    now = [0.0]
    slots = StreamSlots(1, clock=lambda: now[0])
    for now[0] in range(0, 100, 10):
        assert slots.take("long", longest=50), "nobody waits"
    assert not slots.wait("next") and not slots.was_evicted("long")
    assert not slots.take("long", longest=50) and slots.was_evicted("long")
    assert not slots.take("long", longest=50) and not slots.take("stranger"), "it is kept for whoever waits"
    assert slots.wait("next") and slots.take("next", longest=50) and slots.is_full_for("long")
    assert not slots.wait("long")
    now[0] += 60
    assert slots.take("long"), "the others said nothing for a while"
    assert not slots.was_evicted("long")


def test_a_short_stay_is_not_ended_and_one_who_waits_ends_one_stay_only() -> None:
    now = [0.0]
    slots = StreamSlots(2, clock=lambda: now[0])
    assert slots.take("a", 10) and slots.take("b", 10)
    assert not slots.wait("c")
    assert slots.take("a", 10) and slots.take("b", 10)
    now[0] = 12.0
    assert [slots.take("a", 10), slots.take("b", 10)] == [False, True]


def test_whoever_stops_waiting_holds_nobody_up() -> None:
    slots = StreamSlots(1, clock=lambda: 0.0)
    assert slots.take("a") and not slots.wait("b")
    slots.leave("b")
    slots.leave("a")
    assert not slots.is_full_for("c") and slots.take("c")


def test_the_limit_comes_from_the_environment_or_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_STREAMS", "7")
    assert stream_limit() == 7
    for wrong in ("0", "many", "-3"):
        monkeypatch.setenv("EMOTION_STREAMS", wrong)
        assert stream_limit() >= 2
