"""Writes the model card: whom the model learnt from, what it scores, where it is weak."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from string import Template

from firmware_py.hearing.phone_model import find_model
from lab.evaluation import left_out
from lab.training import corpus, voices

CARD = Path(__file__).parents[2] / "models" / "CARD.md"


def _speakers(audio: Path) -> Iterable[str]:
    """Lines of a table: everyone in the recordings that may train a model."""
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    with (audio / "speech.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["use"] == "train":
                groups.setdefault((row["speaker"], row["kind"]), []).append(row)
    for (speaker, kind), rows in sorted(groups.items()):
        minutes = sum(float(row["seconds"]) for row in rows) / 60
        use = "measures only" if speaker in corpus.HELD_OUT else "learnt from"
        told = (f"{len(rows)} {kind}s, {minutes:.0f} min", rows[0]["source"], rows[0]["licence"])
        yield f"| {speaker} | {' | '.join(told)} | {use} |"


def write(audio: Path, rows: Sequence[tuple[str, str, str, str]], hours: float) -> Path:
    """Write the card with the figures of a table."""
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
        hours=f"{hours:g}",
        today=date.today().isoformat(),
        speakers="\n".join(_speakers(audio)),
        cast=corpus.CAST,
        variants=len(voices.variants()),
        unheard=", ".join(voices.HELD_OUT),
        people=" and ".join(corpus.HELD_OUT),
        reader=left_out.READER,
        measures="\n".join(f"| {' | '.join(row)} |" for row in rows),
    )
    CARD.write_text(card, encoding="utf-8")
    return CARD
