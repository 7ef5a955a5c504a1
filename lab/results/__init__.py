"""Results as data: what was measured, by which command, with which model, where and when.

A command that measures hands its Results to :func:`record`; they lie beside this file, in
``lab/results/*.json``.
"""

from lab.results.result import (
    Machine,
    Measured,
    Result,
    Run,
    Target,
    at_least,
    at_most,
    share,
    slug,
)
from lab.results.store import FOLDER, load_runs, record, results_by_id

__all__ = [
    "FOLDER",
    "Machine",
    "Measured",
    "Result",
    "Run",
    "Target",
    "at_least",
    "at_most",
    "load_runs",
    "record",
    "results_by_id",
    "share",
    "slug",
]
