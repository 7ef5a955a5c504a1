"""What ``models/train`` takes, and how that is told beside the model."""

import hashlib
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
_DESCRIPTION: Final = "The whole way from recordings to the model that the device runs."

_LEAVE_OUT: Final = (
    "one more not to learn from, so that sentences of an unheard reader can be measured"
)


def arguments() -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(prog="models/train", description=_DESCRIPTION)
    _add_places(parser)
    _add_learning(parser)
    _add_speech(parser)
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


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ArgumentTypeError(f"{text} is less than 0")
    return number


def _some(text: str) -> int:
    if not (number := _count(text)):
        raise ArgumentTypeError("0 is too few")
    return number


def _rate(text: str) -> float:
    number = float(text)
    if not 0 < number < 1:
        raise ArgumentTypeError(f"{text} is not between 0 and 1")
    return number


def _add_places(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--work",
        type=Path,
        default=_ROOT / "build" / "train",
        help="where the store and checkpoints lie; a second start goes on from there",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=_ROOT / "models",
        help="where phones.tflite and phones.json go",
    )


def _add_learning(parser: ArgumentParser) -> None:
    parser.add_argument("--steps", type=_some, default=18_000, help="in all, resumed ones included")
    parser.add_argument("--examples", type=_some, default=32, help="that a step learns from")
    parser.add_argument("--rate", type=_rate, default=2e-3, help="of learning, at its peak")
    parser.add_argument("--seed", type=_count, default=1)
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


def _add_speech(parser: ArgumentParser) -> None:
    parser.add_argument("--synthetic", type=_count, default=12_000, help="synthetic sentences")
    for name, kind, metavar, told in (
        ("--add", Path, "TABLE", "a table of your own labelled recordings, see docs/training.md"),
        ("--noise", Path, "FOLDER", "a folder of your own sounds that are no speech"),
        ("--leave-out", str, "SPEAKER", _LEAVE_OUT),
    ):
        parser.add_argument(
            name, type=kind, action="append", default=[], metavar=metavar, help=told
        )


def recipe(args: Namespace) -> str:
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
