"""Measure what the device costs here: CPU per stage and as a whole, memory, and delay.

Everything is measured on the bundled call, played again and again, in Blocks as the live tap
gives them; delay also on what neural voices say (``lab.evaluation.neural_voices``), where that was
made, and on what people read, where DESKCUE_AUDIO names recordings. CPU is this process's own
time, so other load on the machine matters little; still, compare figures only from one machine.
"""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in deskcue-ear.service
os.environ.setdefault("GPIOZERO_PIN_FACTORY", "mock")
os.environ.setdefault("GPIOZERO_MOCK_PIN_CLASS", "mockpwmpin")

from firmware_py.core.errors import DeskcueError
from lab.bench.costs import Costs, figures
from lab.bench.cpu import cost_of_chain, cost_of_stages
from lab.bench.delays import delays_of_call, delays_of_voices
from lab.bench.memory import peak_memory
from lab.bench.people import delays_of_people
from lab.bench.sound import call, cut
from lab.results import record
from lab.results.terminal import show


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=180, help="audio to measure CPU over (180)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--record", action="store_true", help="keep the figures in lab/results")
    arguments = parser.parse_args()
    if arguments.seconds < 1:
        parser.error("--seconds: a second at least, please")
    costs = measure(arguments.seconds)
    found = tuple(figures(costs))
    if arguments.json:
        print(json.dumps(asdict(costs)))
    else:
        show(found)
    if arguments.record:
        try:
            record("bench", f"scripts/bench --seconds {arguments.seconds}", found)
        except DeskcueError as error:
            sys.exit(str(error))


def measure(seconds: int) -> Costs:
    """Take all figures."""
    blocks = list(cut(call(seconds)))
    chain, many, mel = cost_of_chain(blocks)
    return Costs(
        machine=f"{platform.machine()}, {os.cpu_count()} cores",
        python=platform.python_version(),
        seconds=seconds,
        stages={name: ns / 1e6 / seconds for name, ns in cost_of_stages(blocks).items()},
        chain=chain / 1e6 / seconds,
        mel=mel / 1e6 / seconds,
        ratio=chain / mel,
        many=many / chain,
        peak_mb=peak_memory(),
        delays_ms=delays_of_call(),
        delays_of_voices_ms=delays_of_voices(),
        delays_amid_ms=delays_of_voices(amid=True),
        delays_of_people_ms=delays_of_people(),
    )


if __name__ == "__main__":
    main()
