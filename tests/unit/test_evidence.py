"""How long tokens took, by several witnesses."""

from __future__ import annotations

import pytest

from soulrig.channels.evidence import Difference, evidence_of

HERTZ = 1_000_000
COUNTED = {"cycles": [900_000, 1_000_000, 1_100_000], "prefill_cycles": 600_000}
ONSETS = [10.0, 11.5, 12.5, 13.6]


def test_they_agree() -> None:
    evidence = evidence_of({"telemetry": COUNTED, "sound": {"seconds": ONSETS}}, HERTZ)
    assert evidence.seconds == {"telemetry": [1.5, 1.0, 1.1], "sound": [1.5, 1.0, 1.1]}
    assert len(evidence.differences()) == 3
    assert evidence.disagreements() == []


@pytest.mark.parametrize(("late", "told"), [(0.019, 0), (0.021, 2)])
def test_more_than_a_frame_is_told(late: float, told: int) -> None:
    onsets = [*ONSETS[:2], ONSETS[2] + late, ONSETS[3]]
    evidence = evidence_of({"telemetry": COUNTED, "sound": {"seconds": onsets}}, HERTZ)
    expected = [
        "step 1 took 1.000 s by the telemetry, 1.021 s by the sound",
        "step 2 took 1.100 s by the telemetry, 1.079 s by the sound",
    ]
    assert evidence.disagreements() == expected[:told]


def test_a_chord_that_may_have_waited_is_no_witness_of_its_neighbours_either() -> None:
    evidence = evidence_of({"sound": {"seconds": [0.0, 1.0, 1.2, 2.0, 3.0]}}, HERTZ)
    assert evidence.seconds == {"sound": [1.0, None, None, 1.0]}


def test_the_chord_that_tells_of_a_cut_is_no_step() -> None:
    counted = {"cycles": [900_000], "prefill_cycles": 0}
    evidence = evidence_of({"telemetry": counted, "sound": {"seconds": [0.0, 0.9, 1.1]}}, HERTZ)
    assert evidence.differences() == [Difference(0, ("telemetry", "sound"), (0.9, 0.9))]


def test_a_reply_without_a_step() -> None:
    counted = {"cycles": [], "prefill_cycles": 5}
    assert evidence_of({"telemetry": counted}, HERTZ).seconds == {"telemetry": []}
    assert evidence_of({}, HERTZ).seconds == {}


def test_the_screen_is_a_third_witness() -> None:
    seen = {"telemetry": COUNTED, "sound": {"seconds": ONSETS}, "screen": {"seconds": [4.0, 5.5, 6.5, 7.65]}}
    evidence = evidence_of(seen, HERTZ)
    assert evidence.seconds["screen"] == [1.5, 1.0, 1.15]
    assert len(evidence.differences()) == 9
    assert evidence.disagreements() == [
        "step 2 took 1.100 s by the telemetry, 1.150 s by the screen",
        "step 2 took 1.100 s by the sound, 1.150 s by the screen",
    ]


def test_sound_and_screen_check_each_other_without_the_program() -> None:
    evidence = evidence_of({"sound": {"seconds": ONSETS}, "screen": {"seconds": ONSETS}}, HERTZ)
    assert {each.witnesses for each in evidence.differences()} == {("sound", "screen")}


@pytest.mark.parametrize("screen", [{"rows": []}, {"rows": [], "seconds": []}])
def test_a_screen_that_cant_tell_is_no_witness(screen: dict[str, list[float]]) -> None:
    assert list(evidence_of({"telemetry": COUNTED, "screen": screen}, HERTZ).seconds) == ["telemetry"]
