"""Figures of what happened in the emulated machine."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from lab.relay_vm.listening import CROSSED_DB, bent_ppm, channels, judged
from lab.relay_vm.wire import FROZEN_FROM, HEARD, LEVEL_DB, RATE, TONES
from lab.results.result import Result, at_least, at_most, share, slug

Found = dict[str, Any]
MEMORY_MB: Final = 40.0


def judged_stretch(found: Found, folder: Path) -> Found:
    """What the recordings hold between the marks: from the first, and from when it was steady."""
    start, settled, end = found["marks"]
    caller = channels(folder, "Headset", settled["Headset"], end["Headset"])[TONES["PC"]]
    return {
        "all": _sides(folder, start, end),
        "steady": _sides(folder, settled, end),
        "bent_ppm": bent_ppm(caller, TONES["PC"]),
    }


def _sides(folder: Path, start: Found, end: Found) -> Found:
    return {
        f"{name} {tone:g}": asdict(judged(pcm, tone))
        for name in HEARD
        for tone, pcm in channels(folder, name, start[name], end[name]).items()
    }


def crossed_db(found: Found) -> float:
    """Loudest that one side's tone was at the other."""
    levels: list[float] = [side["crossed_db"] for side in found["all"].values()]
    return max(levels)


def off_db(found: Found) -> float:
    """Largest change of level while sound was steady."""
    levels: list[float] = [one for side in found["steady"].values() for one in side["own_db"]]
    return max(abs(level - LEVEL_DB) for level in levels)


def clicks(found: Found) -> int:
    """Breaks of the sound while it was steady."""
    return sum(side["clicks"] for side in found["steady"].values())


def right(found: Found) -> bool:
    """Whether sound came back, unbroken, was never crossed, and no daemon ended by itself."""
    whole = found["back"] and clicks(found) == 0 and not found["aborts"]
    return bool(whole and crossed_db(found) <= CROSSED_DB)


def line_of(found: Found) -> str:
    """One finding for a person."""
    mark = "✓" if found["what"] != "round" or right(found) else "✗"
    return (
        f"{mark} {found['event']}: back {found.get('back', True)} after {found.get('s', 0.0)} s,"
        f" other side {crossed_db(found):.0f} dBFS, off {off_db(found):.3f} dB,"
        f" {clicks(found)} breaks; aborts {found.get('aborts', [])};"
        f" ear: {'; '.join(found.get('problems', []))}"
    )


def rounds_summed_up(rounds: Sequence[Found]) -> list[Result]:
    """Figures of rounds of unplugging and killing."""
    n = len(rounds)
    if not n:
        return []
    back = [one for one in rounds if one["back"]]
    figures: list[tuple[str, str, float, str, float | None]] = [
        (
            "replug.crossed",
            "rounds in which one side was heard at the other, at any moment",
            sum(crossed_db(one) > CROSSED_DB for one in rounds),
            "",
            0.0,
        ),
        (
            "replug.crossed_db",
            "loudest that one side's tone ever was at the other (both are played at -12 dBFS)",
            round(max(map(crossed_db, rounds)), 1),
            "dBFS",
            None,
        ),
        (
            "daemon.aborts",
            "times that a daemon ended by itself",
            sum(len(one["aborts"]) for one in rounds),
            "",
            0.0,
        ),
        (
            "unity",
            "largest change of level between what goes in and what comes out",
            round(max(map(off_db, back), default=99.0), 3),
            "dB",
            0.1,
        ),
        (
            "replug.slowest",
            "longest time from plugging in, or a daemon's death, until sound was steady again",
            max(one["s"] for one in rounds),
            "s",
            None,
        ),
    ]
    return [
        share(
            "relay.replug.right",
            "relay",
            "sound is back both ways and at the tap, unbroken, and was never crossed",
            sum(map(right, rounds)),
            n,
            "rounds",
            target=at_least(100),
        ),
        *(
            Result(
                id=f"relay.{name}",
                question="relay",
                title=title,
                value=value,
                unit=unit,
                n=n,
                of="rounds",
                target=None if most is None else at_most(most),
            )
            for name, title, value, unit, most in figures
        ),
        *_gaps(rounds),
        *memory(rounds),
    ]


def _gaps(rounds: Iterable[Found]) -> list[Result]:
    """How often the ear named the gap when the daemon was gone."""
    gaps = [one for one in rounds if one["event"].startswith(("PipeWire", "both d", "booted"))]
    if not gaps:
        return []
    named = sum(bool(one["problems"]) for one in gaps)
    title = "PipeWire was gone, and the ear's watch over the tap said so"
    return [share("relay.gap.named", "relay", title, named, len(gaps), "gaps")]


def memory(found: Iterable[Found]) -> list[Result]:
    """Memory of the relay's two daemons together, at its most."""
    looks = [list(one["memory_kb"].values()) for one in found if len(one["memory_kb"]) == 2]
    if not looks:
        return []
    return [
        Result(
            id=f"relay.memory.{kind.lower()}",
            question="relay",
            title=f"memory of PipeWire and WirePlumber together, {words}",
            value=round(max(sum(one[kind] for one in look) for look in looks) * 1.024e-3, 1),
            unit="MB",
            n=len(looks),
            of="looks",
            target=at_most(MEMORY_MB),
        )
        for kind, words in (
            ("Rss", "with what both share counted twice (RSS)"),
            ("Pss", "with what others share divided among them (PSS)"),
        )
    ]


def drift_summed_up(found: Found) -> list[Result]:
    """Figures of a stretch in which two clocks ran apart."""
    title = f"the computer's clock {found['ppm']:+d} ppm off"
    figures = (
        ("breaks", "breaks of the sound", clicks(found), "", 0.0),
        ("level", "largest change of level", round(off_db(found), 3), "dB", 0.1),
    )
    return [
        Result(
            id=f"relay.drift.{found['ppm']:+d}ppm.{name}",
            question="relay",
            title=f"{title}: {what}",
            value=value,
            unit=unit,
            n=round(_seconds(found) / 60, 1),
            of="min",
            target=at_most(most),
            remarks=f"the caller's tone came out {found['bent_ppm']:.0f} ppm off",
        )
        for name, what, value, unit, most in figures
    ]


def ear_summed_up(found: Found) -> list[Result]:
    """Figures of a stretch with an ear, or none, at the tap."""
    return [
        Result(
            id=f"relay.ear.{slug(found['event'])}",
            question="relay",
            title="breaks of the sound between the cards",
            value=sum(
                found["steady"][side]["clicks"] for side in found["steady"] if "Tap" not in side
            ),
            n=round(_seconds(found)),
            of="s",
            target=at_most(0),
            conditions=found["event"],
        )
    ]


def freeze_summed_up(found: Sequence[Found]) -> list[Result]:
    """How soon the bypass relay's watch sees that PipeWire hangs."""
    if not found:
        return []
    late = [[*one["passes"][FROZEN_FROM:], False].index(False) + 1 for one in found]
    before = [passes for one in found for passes in one["passes"][1:FROZEN_FROM]]
    return [
        Result(
            id="relay.bypass.notices",
            question="relay",
            title="longest time until a frozen PipeWire ends the pulses for the bypass relay",
            value=max(late) / 10,
            unit="s",
            n=len(found),
            of="freezes",
            target=at_most(0.3),
            remarks=f"{before.count(False)} of {len(before)} looks before it were wrong",
        )
    ]


def _seconds(found: Found) -> float:
    _, start, end = found["marks"]
    return float(end["PC"] - start["PC"]) / RATE
