"""Plays every scenario and writes docs/clauses.md; tells what goes wrong, known or not."""

import subprocess

from rich.console import Console
from rich.progress import track

from tests.scenarios import table
from tests.scenarios.hearing import spotter, verdict
from tests.scenarios.reading import Scenario, Twin, every_scenario


def main() -> int:
    """Play, write, tell; 1 if anything goes wrong that is not known, or is known and goes well."""
    console = Console()
    every = track(every_scenario(), "scenarios", console=console, transient=True)
    results = [table.Result(one, _wrong(one)) for one in every]
    text = table.document(results, spotter().sha256, _espeak_version())
    table.DOCUMENT.write_text(text, "utf-8")
    news = [line for result in results for line in _news(result)]
    console.print(*news, sep="\n", highlight=False)
    return 1 if news else 0


def _wrong(scenario: Scenario) -> dict[Twin, str]:
    return {twin: verdict(scenario, twin) for twin in Twin}


def _news(result: table.Result) -> list[str]:
    """What is other than the scenario says."""
    scenario = result.scenario
    return [
        f"{scenario.id} {twin}: {wrong or 'goes well now; take its known_miss away'}"
        for twin, wrong in result.wrong.items()
        if bool(wrong) != (twin in scenario.known_miss)
    ]


def _espeak_version() -> str:
    told = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True)
    return told.stdout.split()[3]


if __name__ == "__main__":
    raise SystemExit(main())
