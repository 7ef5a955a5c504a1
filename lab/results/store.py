"""Reads and writes the files of results: one for each command, in it one entry for each run.

A run that measures some of a file's figures anew takes their place, and only theirs; each figure
stays beside the command, model and day that it belongs to.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Final

from firmware_py.core.errors import DeskcueError
from lab.results.provenance import run_of
from lab.results.result import Machine, Result, Run, Target

FOLDER: Final = Path(__file__).parent


def record(
    name: str,
    command: str,
    results: Iterable[Result],
    *,
    model: str | None = None,
    commit: str | None = None,
    folder: Path = FOLDER,
) -> Path:
    """Write what a command has just measured into ``NAME.json``; return its path.

    ``model`` is the shipped phone model unless told; empty where it has no part. ``commit`` is that
    of this checkout unless told.

    Raises:
        DeskcueError: the file that is there is damaged.
    """
    path = folder / f"{name}.json"
    fresh = run_of(command, results, model)
    fresh = replace(fresh, commit=commit or fresh.commit)
    write(path, merged(_read(path) if path.exists() else (), fresh))
    return path


def merged(old: Iterable[Run], fresh: Run) -> tuple[Run, ...]:
    """Put a run beside older ones, and take from those what it measured anew."""
    anew = {result.id for result in fresh.results}
    kept = [
        replace(run, results=tuple(one for one in run.results if one.id not in anew)) for run in old
    ]
    return (*(run for run in kept if run.results), fresh)


def load_runs(folder: Path = FOLDER) -> tuple[Run, ...]:
    """Read every file, in the order of their names.

    Raises:
        DeskcueError: a file is damaged, lacks a field, or two hold the same measure.
    """
    runs = tuple(run for path in sorted(folder.glob("*.json")) for run in _read(path))
    ids = [result.id for run in runs for result in run.results]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise DeskcueError(f"{folder}: measured twice: {', '.join(twice)}; remove one of each")
    return runs


def results_by_id(folder: Path = FOLDER) -> dict[str, Result]:
    """Give every figure by its id."""
    return {result.id: result for run in load_runs(folder) for result in run.results}


def write(path: Path, runs: Iterable[Run]) -> None:
    """Write a file whole or not at all."""
    told = {"runs": [_run_as_json(run) for run in runs]}
    text = json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _run_as_json(run: Run) -> dict[str, Any]:
    results = [asdict(one) | {"passed": one.passed} for one in run.results]
    return asdict(run) | {"results": results}


def _read(path: Path) -> tuple[Run, ...]:
    try:
        told = json.loads(path.read_text("utf-8"))
        return tuple(_run(run) for run in told["runs"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DeskcueError(f"{path}: {error}; run the command that measures it again") from error


def _run(told: Mapping[str, Any]) -> Run:
    _same_keys("a run", told, [field.name for field in fields(Run)])
    machine = told["machine"]
    _same_keys("machine", machine, [field.name for field in fields(Machine)])
    results = tuple(_result(one) for one in told["results"])
    return Run(**{**told, "machine": Machine(**machine), "results": results})


def _result(told: Mapping[str, Any]) -> Result:
    names = [*(field.name for field in fields(Result)), "passed"]
    _same_keys(str(told.get("id", "a result")), told, names)
    values = {key: value for key, value in told.items() if key != "passed"}
    target, interval = told["target"], told["interval"]
    values["target"] = target and Target(**target)
    values["interval"] = interval and tuple(interval)
    result = Result(**values)
    if result.passed != told["passed"]:
        raise ValueError(f"{result.id} says passed: {told['passed']}, its figure says otherwise")
    return result


def _same_keys(what: str, told: Mapping[str, Any], names: list[str]) -> None:
    lacking, unknown = set(names) - set(told), set(told) - set(names)
    if lacking or unknown:
        raise ValueError(f"{what} lacks {sorted(lacking)}, has unknown {sorted(unknown)}")
