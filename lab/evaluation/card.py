"""Writes the model card: whom the model learnt from, what it scores, where it is weak."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from string import Template

from firmware_py.hearing.model_file import find_model
from lab.evaluation.material import CROWD
from lab.results import Result
from lab.training import corpus, voices

Row = tuple[str, str, str, str]
CARD = Path(__file__).parents[2] / "models" / "CARD.md"


def _speakers(audio: Path) -> Iterable[str]:
    """Lines of a table: everyone in the recordings that may train a model, a crowd in one line."""
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    with (audio / "speech.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["use"] == "train":
                crowd = row["source"].startswith(CROWD)
                who = row["source"].partition(",")[0] if crowd else row["speaker"]
                groups.setdefault((who, row["kind"]), []).append(row)
    for (speaker, kind), rows in sorted(groups.items()):
        minutes = sum(float(row["seconds"]) for row in rows) / 60
        use = "measures only" if speaker in corpus.HELD_OUT else "learnt from"
        people = len({row["speaker"] for row in rows})
        by = f" by {people} people" if people > 1 else ""
        told = (
            f"{len(rows)} {kind}s{by}, {minutes:.0f} min",
            rows[0]["source"],
            rows[0]["licence"],
        )
        yield f"| {speaker} | {' | '.join(told)} | {use} |"


def rows_of(results: Sequence[Result]) -> list[Row]:
    """Put results into lines of the table: what, result, of how many, remarks."""
    rows = []
    for one in results:
        interval = f" ({one.interval[0]:.1f} to {one.interval[1]:.1f})" if one.interval else ""
        remarks = "; ".join(part for part in (one.conditions, one.remarks) if part)
        rows.append(
            (one.title, f"{one.value:.1f} {one.unit}{interval}", f"{one.n:g} {one.of}", remarks)
        )
    return rows


def write(audio: Path, rows: Sequence[Row], command: str) -> Path:
    """Write the card with the figures of a table, and the command that took them."""
    model = find_model()
    sidecar = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))
    template = Template(Path(__file__).with_name("card.md").read_text(encoding="utf-8"))
    card = template.substitute(
        outputs=len(sidecar["tokens"]) + 1,
        size=f"{model.stat().st_size:,}",
        sha256=sidecar["sha256"],
        made=sidecar["made"],
        parameters=f"{sidecar['parameters']:,}",
        recipe=sidecar["recipe"],
        command=command,
        today=date.today().isoformat(),
        speakers="\n".join(_speakers(audio)),
        cast=corpus.CAST,
        variants=len(voices.variants()),
        unheard=", ".join(voices.HELD_OUT),
        people=" and ".join(corpus.HELD_OUT),
        measures="\n".join(f"| {' | '.join(row)} |" for row in rows),
    )
    CARD.write_text(card, encoding="utf-8")
    return CARD
