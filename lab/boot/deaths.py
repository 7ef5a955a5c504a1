"""The ear is killed and frozen in the midst of a call; the uplink is killed."""

import os
import signal
import time

from lab.boot.call import hear_a_call
from lab.boot.container import Container, soon
from lab.boot.lab import EAR, UPLINK, Lab, hearing, play, signal_call, wait_until_it_hears
from lab.results import at_most

KILLS = 5
PHRASE_S = 29.5
"""Second of the played call by which its banned phrase has been said."""
LATER = {"D6", "E7", "E3"}
"""Rules that the rest of the call breaks."""


def deaths(lab: Lab) -> None:
    """Kill and freeze, and see what comes back and when."""
    with lab.desk() as desk:
        wait_until_it_hears(desk)
        hear_a_call(desk)  # so that the agent's usual voice is known, as on any day
        _killed_in_a_call(lab, desk)
        _killed_again(lab, desk)
        before = desk.show(UPLINK, "MainPID")
        os.kill(desk.pid(UPLINK), signal.SIGKILL)
        back = soon(lambda: desk.is_active(UPLINK) and desk.show(UPLINK, "MainPID") != before, 30.0)
        lab.report.check("the uplink comes back when it is killed", back)
        _frozen(lab, desk)


def _killed_in_a_call(lab: Lab, desk: Container) -> None:
    lab.broker.events.clear()
    signal_call(desk, "start")
    player = play(desk)
    time.sleep(PHRASE_S)
    _death(desk, signal.SIGKILL)
    player.wait()
    signal_call(desk, "end")
    soon(lambda: {*lab.broker.rules} >= LATER)
    lab.report.check("what was found before the ear was killed arrived", "F5" in lab.broker.rules)
    lacking = LATER - {*lab.broker.rules}
    lab.report.check(f"and the rest of the call was heard {lacking or ''}", not lacking)


def _killed_again(lab: Lab, desk: Container) -> None:
    worst = max(_death(desk, signal.SIGKILL) for _ in range(KILLS))
    title = "Longest time until a killed ear hears again"
    lab.report.measure("killed.back", title, worst, "s", at_most(3.0), n=KILLS, of="kills")


def _frozen(lab: Lab, desk: Container) -> None:
    back = _death(desk, signal.SIGSTOP, 120.0)
    title = "Time until a frozen ear was noticed, ended and hears again"
    lab.report.measure("frozen.back", title, back, "s", at_most(40.0))


def _death(desk: Container, how: signal.Signals, patience_s: float = 60.0) -> float:
    """Seconds from a signal to the ear until one hears again."""
    heard = len(hearing(desk))
    at = time.monotonic()
    os.kill(desk.pid(EAR), how)
    soon(lambda: len(hearing(desk)) > heard, patience_s)
    return hearing(desk)[-1] - at if len(hearing(desk)) > heard else patience_s
