"""``models/train``: the whole way from recordings to the model that the device runs."""

import hashlib
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from firmware_py.core.errors import DeskcueError
from firmware_py.hearing.model_file import read_sidecar
from firmware_py.hearing.phone_model import load_phone_model
from lab.training import cutting, hearing, label_check, material, site_card, store
from lab.training.material import Material, Wanted
from lab.training.options import arguments, recipe

if TYPE_CHECKING:
    from lab.training.network import Network

SMOKE_STEPS, SMOKE_JOBS = 6, 70
"""How much a trial run learns, and from how many recordings and sentences."""


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


def prepare(work: Path, found: Material, args: Namespace, console: Console) -> None:
    """Build the store unless it stands.

    Raises:
        DeskcueError: one that stands was made with speakers who are to be left out, or of other
            recordings.
    """
    begun = hashlib.sha256(args.begin.read_bytes()).hexdigest() if args.begin else ""
    made_of = f"{found.digest} {args.synthetic} {args.seed} {begun}"
    if (work / store.ITEMS).exists():
        heard = {voice.split("*")[0] for voice in store.load(work).voice}
        if there := heard & found.silent:
            raise DeskcueError(
                f"{work} was made with {', '.join(sorted(there))}; name another folder (--work)"
            )
        if store.made_of(work) not in ("", made_of):
            raise DeskcueError(
                f"{work} was made of other recordings, sounds or numbers, or began with another"
                " model; name another folder (--work), or take this one away"
            )
        return
    jobs = list(hearing.jobs(found, args.synthetic, args.seed))
    if args.smoke:
        jobs = jobs[:: max(1, len(jobs) // SMOKE_JOBS)]
    with bar(console) as progress:
        task = progress.add_task("hearing", total=len(jobs))
        hearing.build(work, jobs, lambda: progress.advance(task), made_of)


def cut(work: Path, args: Namespace, console: Console) -> None:
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
        fit = label_check.check_labels(work, whole, phone_model, lambda: progress.advance(task))
    console.print(f"left out {(~fit).sum()} of {len(fit)} utterances with doubtful labels")
    if doubtful := label_check.doubtful_speakers(whole, fit):
        console.print(
            f"most of what {', '.join(doubtful)} say is not what their texts say: is the channel"
            " theirs?"
        )


def first_weights(args: Namespace) -> "Callable[[Network], None] | None":
    """Tell how a network begins; None where it begins anew."""
    if args.begin is None or args.smoke:  # a trial's network is too small for a whole model
        return None
    from lab.training import mixing, warm_start

    def begin(network: "Network") -> None:
        warm_start.adopt(network, args.begin, mixing.Mixer(store.load(args.work), args.seed + 1))

    return begin


def write_card(found: Material, args: Namespace, console: Console) -> None:
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
    except OSError as error:  # a full disk; what was whole before is whole still
        sys.exit(f"models/train: {error.filename or 'writing'}: {error.strerror or error}")
    except KeyboardInterrupt:
        print("models/train: interrupted; start it again to go on", file=sys.stderr)
        sys.exit(130)


def run(args: Namespace) -> None:
    """Prepare, learn, export.

    Raises:
        DeskcueError: recordings or the model to begin with are missing or unfit.
    """
    if args.smoke:
        args.steps, args.synthetic = SMOKE_STEPS, 100
        args.work = args.work / "smoke"  # nothing of a trial is to be gone on with
    for model in filter(None, (args.begin, args.realign)):
        read_sidecar(model)  # now, not after the recordings were heard
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
    for line in found.unread:
        console.print(line)
    prepare(args.work, found, args, console)
    cut(args.work, args, console)
    check_labels(args.work, args.realign or (args.begin if args.add else None), console)

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
    then = (
        "docs/training.md tells how to bring it to the desks"
        if args.add
        else "now scripts/evaluate background, fit_verifier, thresholds and then red_thresholds"
        " (for the rulebooks), strangers --card"
    )
    console.print(f"wrote {args.out / 'phones.tflite'}; {then}")


if __name__ == "__main__":
    main()
