"""Plays scenarios and writes docs/clauses.md; tells what goes wrong, known or not.

Of scenarios that are not named the document keeps what it said; so it does of the real voice where
DESKCUE_AUDIO names no recordings. Played whole, it also records how many went well in lab/results.
"""

import argparse
import subprocess
from collections.abc import Mapping

from rich.console import Console
from rich.progress import track

from lab.results import record
from lab.scenarios import table
from lab.scenarios.hearing import phone_model, verdict
from lab.scenarios.reading import Scenario, Twin, every_scenario
from lab.scenarios.voices import Real, real_voice


def main() -> int:
    """Play, write, tell; 1 if anything goes wrong that is not known, or is known and goes well."""
    parser = argparse.ArgumentParser(prog="scripts/clauses", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="scenarios or clauses; none: all")
    wanted = {*parser.parse_args().ids}
    console, every, voice = Console(), every_scenario(), real_voice()
    results = table.told(table.DOCUMENT.read_text("utf-8"), every)
    played = [one for one in every if not wanted or wanted & {one.id, one.clause}]
    news: list[str] = []
    for one in track(played, "scenarios", console=console, transient=True):
        wrong = {twin: verdict(one, twin) for twin in Twin}
        before = results[one.id].real if one.id in results else {}
        real = _really(one, voice) or before
        cells = {twin: _cell(one, twin, wrong[twin]) for twin in Twin}
        results[one.id] = table.Result(one, cells, real)
        news += [*_news(one, wrong), *_lost(one, before, real)]
    listed = [results[one.id] for one in every if one.id in results]
    text = table.document(listed, phone_model().sha256, _espeak_version())
    table.DOCUMENT.write_text(text, "utf-8")
    if not wanted:
        record("clauses", "scripts/clauses", table.figures(listed))
    console.print(*news, sep="\n", highlight=False)
    return 1 if news else 0


def _really(scenario: Scenario, voice: Real | None) -> dict[Twin, str]:
    """How both calls are judged with the real voice; empty if it cannot be tried."""
    if voice is None or not voice.can_say(scenario):
        return {}
    wrong = {twin: verdict(scenario, twin, voice) for twin in Twin}
    return {twin: table.REAL_MISS if told else table.PASS for twin, told in wrong.items()}


def _cell(scenario: Scenario, twin: Twin, wrong: str) -> str:
    if not wrong:
        return table.PASS
    return table.KNOWN if twin in scenario.known_miss else table.FAIL


def _news(scenario: Scenario, wrong: Mapping[Twin, str]) -> list[str]:
    """What is other than the scenario says."""
    return [
        f"{scenario.id} {twin}: {told or 'goes well now; take its known_miss away'}"
        for twin, told in wrong.items()
        if bool(told) != (twin in scenario.known_miss)
    ]


def _lost(scenario: Scenario, before: Mapping[Twin, str], now: Mapping[Twin, str]) -> list[str]:
    """What went well with the real voice by the document, and no longer does."""
    return [
        f"{scenario.id} {twin}: goes wrong with the real voice, went well before"
        for twin, told in now.items()
        if told != table.PASS and before.get(twin) == table.PASS
    ]


def _espeak_version() -> str:
    told = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True)
    return told.stdout.split()[3]


if __name__ == "__main__":
    raise SystemExit(main())
