"""Runs a device and prints a line for every Finding: what a service does, and a pipe wants."""

from collections.abc import Callable

from firmware_py.core.types import Finding
from firmware_py.device.runtime import Device


def run_as_lines(device: Device, alive: Callable[[], None]) -> list[Finding]:
    """Hear to the end; ``alive`` is called with every Block. Returns all Findings."""
    found: list[Finding] = []
    for result in device.listen():
        alive()
        found += result.findings
        for one in result.findings:
            minutes, seconds = divmod(one.at, 60)
            when = f"{minutes:.0f}:{seconds:04.1f}"
            print(f"{when} {one.cue:5} {one.clause or '-':4} {one.rule} {one.advice}", flush=True)
    return found
