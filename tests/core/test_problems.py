"""One place for what is wrong: what appears, what changes, what recovers."""

from firmware_py.core.problems import Fault, Problem, Problems

FULL = "the disk is full; free some space"


def test_a_problem_appears_once_and_keeps_its_beginning() -> None:
    problems = Problems()
    assert problems.update({Fault.DISK: FULL}, 3.0).appeared == (Problem(Fault.DISK, FULL, 3.0),)
    assert not problems.update({Fault.DISK: FULL}, 4.0)
    changed = problems.update({Fault.DISK: "read-only"}, 5.0)
    assert changed.appeared == (Problem(Fault.DISK, "read-only", 3.0),)
    assert not changed.recovered


def test_what_is_cured_is_gone_and_begins_afresh_when_it_returns() -> None:
    problems = Problems()
    problems.update({Fault.DISK: FULL, Fault.MICROPHONE: "no sound"}, 1.0)
    assert [one.fault for one in problems] == [Fault.MICROPHONE, Fault.DISK]
    recovered = problems.update({Fault.MICROPHONE: "no sound"}, 2.0).recovered
    assert recovered == (Problem(Fault.DISK, FULL, 1.0),)
    problems.update({Fault.DISK: FULL}, 9.0)
    assert [one.since for one in problems] == [9.0]
