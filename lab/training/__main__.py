"""``models/train``: the whole way from recordings to the model that the device runs."""

import argparse
import hashlib
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from firmware_py.core.errors import DeskcueError
from firmware_py.hearing.phone_model import load_phone_model
from lab.training import corpus, cutting, store

ROOT = Path(__file__).parents[2]


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
    parser.add_argument(
        "--begin",
        type=Path,
        metavar="MODEL",
        help="a phones.tflite to go on from instead of beginning anew",
    )
    parser.add_argument("--synthetic", type=int, default=12_000, help="synthetic sentences")
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
    if args.begin and not args.begin.is_file():
        parser.error(f"--begin: there is no model {args.begin}")
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


def check(work: Path, audio: Path, left_out: list[str]) -> None:
    """See that those to leave out are known, and that a store that stands does without them.

    Raises:
        DeskcueError: they are not, it does not, or there are no recordings.
    """
    speakers = {recording.speaker for recording in corpus.recordings(audio)}
    if unknown := set(left_out) - speakers:
        raise DeskcueError(
            f"--leave-out: nobody is called {', '.join(sorted(unknown))}; there are"
            f" {', '.join(sorted(speakers))}"
        )
    if (work / "items.npz").exists():
        heard = {voice.split("*")[0] for voice in store.load(work).voice}
        if there := heard & set(left_out):
            raise DeskcueError(
                f"{work} was made with {', '.join(sorted(there))}; name another folder (--work)"
            )


def prepare(work: Path, audio: Path, args: argparse.Namespace, console: Console) -> None:
    """Build the store unless it stands."""
    if (work / "items.npz").exists():
        return
    jobs = list(store.jobs(audio, args.synthetic, args.seed, args.leave_out))
    if args.smoke:
        jobs = jobs[:: max(1, len(jobs) // 200)]
    with bar(console) as progress:
        task = progress.add_task("hearing", total=len(jobs))
        store.build(work, jobs, lambda: progress.advance(task))


def cut(work: Path, begin: Path | None, console: Console) -> None:
    """Find the syllables of the sentences, by an earlier model, unless they stand."""
    if (work / cutting.CUTS).exists():
        return
    whole = store.load(work)
    with bar(console) as progress:
        task = progress.add_task("cutting", total=int((whole.kind == "sentence").sum()))
        cutting.cut(work, whole, load_phone_model(begin), lambda: progress.advance(task))


def recipe(args: argparse.Namespace) -> str:
    """Tell in a line how the model was learnt."""
    line = f"models/train --steps {args.steps} --synthetic {args.synthetic} --seed {args.seed}"
    line += "".join(f" --leave-out {speaker}" for speaker in args.leave_out)
    if args.begin is None:
        return line
    begun = hashlib.sha256(args.begin.read_bytes()).hexdigest()
    return f"{line}, beginning with the model {begun}"


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
        args.steps, args.synthetic = 20, 100
    console = Console()
    audio = Path(os.environ.get("DESKCUE_AUDIO", ""))
    check(args.work, audio, args.leave_out)
    prepare(args.work, audio, args, console)
    cut(args.work, args.begin, console)

    # TensorFlow is slow to load and must not be there when the store's processes fork.
    from lab.training import export, learning, network

    shape = network.SMOKE if args.smoke else network.Shape()
    with bar(console) as progress:
        task = progress.add_task("learning", total=args.steps)

        def tell(now: learning.Progress) -> None:
            progress.update(task, completed=now.step, description=f"learning, loss {now.loss:6.2f}")

        model = learning.fit(args.work, shape, args.steps, args.seed, tell, args.begin)
    export.write(model, shape, args.work, args.out, recipe(args))
    console.print(
        f"wrote {args.out / 'phones.tflite'}; now scripts/evaluate background, thresholds (for"
        " the rulebook) and phrases --card"
    )


if __name__ == "__main__":
    main()
