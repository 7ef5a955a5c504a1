"""``models/train``: the whole way from recordings to the model that the device runs."""

import argparse
import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from firmware_py.core.errors import DeskcueError
from firmware_py.hearing.phone_model import load_phone_model
from lab.training import cutting, hearing, label_check, material, site_card, store
from lab.training.material import Material, Wanted

if TYPE_CHECKING:
    from lab.training.network import Network

ROOT = Path(__file__).parents[2]
SMOKE_STEPS, SMOKE_JOBS = 6, 70
"""How much a trial run learns, and from how many recordings and sentences."""


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="models/train", description=__doc__)
    parser.add_argument(
        "--work",
        type=Path,
        default=ROOT / "build" / "train",
        help="where the store and checkpoints lie; a second start goes on from there",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / "models",
        help="where phones.tflite and phones.json go",
    )
    parser.add_argument("--steps", type=int, default=18_000, help="in all, resumed ones included")
    parser.add_argument("--examples", type=int, default=32, help="that a step learns from")
    parser.add_argument("--rate", type=float, default=2e-3, help="of learning, at its peak")
    parser.add_argument(
        "--begin",
        type=Path,
        metavar="MODEL",
        help="a phones.tflite to go on from instead of beginning anew",
    )
    parser.add_argument(
        "--realign",
        type=Path,
        metavar="MODEL",
        help="a better phones.tflite, to find syllables and check labels again before going on",
    )
    parser.add_argument("--synthetic", type=int, default=12_000, help="synthetic sentences")
    parser.add_argument(
        "--add",
        type=Path,
        action="append",
        default=[],
        metavar="TABLE",
        help="a table of your own labelled recordings, see docs/training.md",
    )
    parser.add_argument(
        "--noise",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="a folder of your own sounds that are no speech",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--leave-out",
        action="append",
        default=[],
        metavar="SPEAKER",
        help="one more not to learn from, so that sentences of an unheard reader can be measured",
    )
    parser.add_argument(
        "--smoke",
        action="store_true",
        help="a few minutes' worth, to see that everything works; the model is useless",
    )
    args = parser.parse_args()
    for option in ("begin", "realign"):
        model = getattr(args, option)
        if model and not model.is_file():
            parser.error(f"--{option}: there is no model {model}")
    return args


def bar(console: Console) -> Progress:
    """Make a progress bar."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        refresh_per_second=2,
    )


def prepare(work: Path, found: Material, args: argparse.Namespace, console: Console) -> None:
    """Build the store unless it stands.

    Raises:
        DeskcueError: one that stands was made with speakers who are to be left out.
    """
    if (work / "items.npz").exists():
        heard = {voice.split("*")[0] for voice in store.load(work).voice}
        if there := heard & found.silent:
            raise DeskcueError(
                f"{work} was made with {', '.join(sorted(there))}; name another folder (--work)"
            )
        return
    jobs = list(hearing.jobs(found, args.synthetic, args.seed))
    if args.smoke:
        jobs = jobs[:: max(1, len(jobs) // SMOKE_JOBS)]
    with bar(console) as progress:
        task = progress.add_task("hearing", total=len(jobs))
        hearing.build(work, jobs, lambda: progress.advance(task))


def cut(work: Path, args: argparse.Namespace, console: Console) -> None:
    """Find the syllables of the sentences, by an earlier model, unless they stand."""
    if (work / cutting.CUTS).exists() and args.realign is None:
        return
    begin = args.realign or args.begin
    whole = store.load(work)
    with bar(console) as progress:
        task = progress.add_task("cutting", total=int(np.isin(whole.kind, cutting.FLUENT).sum()))
        cutting.cut(work, whole, load_phone_model(begin), lambda: progress.advance(task))


def check_labels(work: Path, model: Path | None, console: Console) -> None:
    """Leave out recordings whose labels a better model contradicts."""
    if model is None:
        return
    whole, phone_model = store.load(work), load_phone_model(model)
    with bar(console) as progress:
        task = progress.add_task("checking labels", total=len(whole.tokens))
        unfit = label_check.check_labels(work, whole, phone_model, lambda: progress.advance(task))
    console.print(f"left out {unfit} of {len(whole.tokens)} utterances with doubtful labels")


def recipe(args: argparse.Namespace) -> str:
    """Tell in a line how the model was learnt."""
    line = f"models/train --steps {args.steps} --examples {args.examples} --rate {args.rate:g}"
    line += f" --synthetic {args.synthetic} --seed {args.seed}"
    line += "".join(f" --leave-out {speaker}" for speaker in args.leave_out)
    line += "".join(f" --add {table.name}" for table in args.add)
    line += "".join(f" --noise {folder.name}" for folder in args.noise)
    if args.begin is None:
        return line
    begun = hashlib.sha256(args.begin.read_bytes()).hexdigest()
    return f"{line}, beginning with the model {begun}"


def first_weights(args: argparse.Namespace) -> "Callable[[Network], None] | None":
    """Tell how a network begins; None where it begins anew."""
    if args.begin is None or args.smoke:  # a trial's network is too small for a whole model
        return None
    from lab.training import mixing, warm_start

    def begin(network: "Network") -> None:
        warm_start.adopt(network, args.begin, mixing.Mixer(store.load(args.work), args.seed + 1))

    return begin


def write_card(found: Material, args: argparse.Namespace, console: Console) -> None:
    """Measure a site's own speakers who were left out, and write a card beside the model."""
    model = args.out / site_card.MODEL
    measured = site_card.scores(found.kept, args.begin, model)
    text = site_card.card(found.learnt, measured, model, recipe(args))
    (args.out / "phones.md").write_text(text, encoding="utf-8")
    for one in measured:
        before = "" if one.before is None else f" (before: {one.before:.0%})"
        console.print(f"{one.speaker}, left out: {one.after:.0%} of phones wrong{before}")
    console.print(f"wrote {args.out / 'phones.md'}")


def main() -> None:
    """Prepare, learn, export; say in one line why not."""
    try:
        run(arguments())
    except DeskcueError as error:
        sys.exit(f"models/train: {error}")


def run(args: argparse.Namespace) -> None:
    """Prepare, learn, export.

    Raises:
        DeskcueError: recordings or the model to begin with are missing or unfit.
    """
    if args.smoke:
        args.steps, args.synthetic = SMOKE_STEPS, 100
    console = Console()
    audio = os.environ.get("DESKCUE_AUDIO")
    found = material.gather(
        Wanted(
            Path(audio) if audio else None,
            tuple(args.add),
            tuple(args.noise),
            tuple(args.leave_out),
        )
    )
    prepare(args.work, found, args, console)
    cut(args.work, args, console)
    check_labels(args.work, args.realign, console)

    # PyTorch and TensorFlow are slow to load and must not be there when the store's processes fork.
    from lab.training import learning, network

    shape = network.SMOKE if args.smoke else network.Shape()
    with bar(console) as progress:
        task = progress.add_task("learning", total=args.steps)

        def tell(now: learning.Progress) -> None:
            progress.update(task, completed=now.step, description=f"learning, loss {now.loss:6.2f}")

        learnt = learning.fit(
            args.work,
            shape,
            args.steps,
            args.seed,
            tell,
            first_weights(args),
            args.examples,
            args.rate,
        )
    from lab.training import export

    calibration = 1 if args.smoke else export.CALIBRATION_BATCHES
    export.write(learnt, args.work, args.out, recipe(args), calibration)
    if args.add:
        write_card(found, args, console)
    console.print(
        f"wrote {args.out / 'phones.tflite'}; now scripts/evaluate background, thresholds (for"
        " the rulebook) and strangers --card"
    )


if __name__ == "__main__":
    main()
