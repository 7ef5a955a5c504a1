"""Check a rulebook, list its rules, or explain one of them."""

from argparse import ArgumentParser, Namespace

from rich.table import Table

from firmware_py.commands import (
    language_argument,
    profile_argument,
    settings_argument,
    settings_or_defaults,
)
from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError
from firmware_py.core.messages import message
from firmware_py.rules import EXPERIMENTAL, Rulebook, explain, load_rulebook
from firmware_py.rules.clauses import clauses


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = verbs.add_parser("check", help="show every mistake in rulebooks, with its line")
    check.add_argument("files", nargs="+", metavar="FILE", help="a file, or the name of a rulebook")
    check.set_defaults(do=_check)
    for name, do, what in (
        ("list", _list, "list the rules of a rulebook"),
        ("explain", _explain, "say what a rule waits for and what it says"),
    ):
        verb = verbs.add_parser(name, help=what)
        if do is _explain:
            verb.add_argument("rule", metavar="ID", help="id of the rule")
        profile_argument(verb)
        language_argument(verb)
        settings_argument(verb)
        verb.set_defaults(do=do)


def main(args: Namespace) -> int:
    """Do what the verb says."""
    done: int = args.do(args)
    return done


def _check(args: Namespace) -> int:
    wrong = []
    for name in args.files:
        try:
            rulebook = load_rulebook(name)
        except DeskcueError as error:
            wrong.append(str(error))
        else:
            print(
                f"{name}: fine; {rulebook.name}, version {rulebook.version},"
                f" {len(rulebook.rules)} rules, {len(rulebook.phrases)} phrases"
            )
    if wrong:
        raise DeskcueError("\n".join(wrong))
    return 0


def _book(args: Namespace) -> Rulebook:
    return load_rulebook(args.profile or settings_or_defaults(args).rulebook)


def _explain(args: Namespace) -> int:
    rulebook = _book(args)
    ids = {rule.id for rule in rulebook.rules}
    if args.rule not in ids and args.rule in {rule.id for rule in _experiments().rules}:
        rulebook = _experiments()
    print(explain(rulebook, args.rule, args.lang))
    return 0


def _experiments() -> Rulebook:
    """The rules that are in no rulebook by default."""
    return load_rulebook(EXPERIMENTAL)


def _list(args: Namespace) -> int:
    rulebook, lang = _book(args), args.lang
    table = Table("id", "clause", "light", "advice", title=rulebook.title.in_language(lang))
    for rule in rulebook.rules:
        if rule.hidden or not rule.enabled:
            continue
        clause = clauses()[rule.clause].in_language(lang) if rule.clause else ""
        experiment = message("explain.experiment", lang) if rule.experimental else ""
        table.add_row(
            rule.id,
            " ".join(filter(None, [rule.clause, clause, experiment])),
            message(f"cue.{rule.cue}", lang),
            rule.advice.in_language(lang),
        )
    Console().print(table)
    return 0
