"""Findings and stamps for the tests of the outputs."""

from firmware_py.contract.payloads import EarStatus
from firmware_py.core.types import CallSummary, Cue, Finding, Observation
from firmware_py.outbox.event import Event, Stamp, to_event
from firmware_py.settings.config import Desk

DESK = Desk("nanjing", "3", "3-17")
STAMP = Stamp(DESK, "10086", 1, "ab" * 32, "cd" * 32, began=1_700_000_000.0)
EAR = EarStatus("2023-11-14T22:13:20.000Z", 60.0, 1.5, 3, 0, 0, 0, (), "", "10086", 1, None)
"""Status of an ear that is well."""


def finding(at: float = 12.0, kind: str = "phrase") -> Finding:
    because = Observation("phrase.F5", at - 1.5, at - 0.2, at, -0.2)
    advice = "请说：我来帮您看看"
    return Finding("F5", "F5", kind, at, at - 1.5, at - 0.2, Cue.RED, -0.2, advice, (because,))


def event(at: float = 12.0) -> Event:
    return to_event(finding(at), STAMP)


def summary(start: float = 2.0, end: float = 62.0) -> CallSummary:
    return CallSummary(start, end, 20.0, 25.0, 3.0, 10.0, {"F5": 1})
