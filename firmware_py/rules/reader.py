"""Reads rulebooks from TOML and checks every name in them."""

import contextlib
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast, get_args, get_type_hints

from firmware_py import detectors
from firmware_py.hearing.accent import accent_of
from firmware_py.hearing.spelling import SpellingError, expand
from firmware_py.rules.checks import complaints
from firmware_py.rules.clauses import clauses
from firmware_py.rules.event_pattern import EventPattern
from firmware_py.rules.kinds import Kind, Limit, Must, Never, Sequence, Together
from firmware_py.rules.rulebook import Cues, Phrase, Rule, Rulebook, Text
from firmware_py.rules.source import RulebookSource, load_source, parse_source
from firmware_py.rules.vocabulary import OBSERVATIONS, is_under
from firmware_py.settings.schema import read
from firmware_py.settings.toml_document import Document, near
from firmware_py.settings.toml_lines import Where

KINDS: Final[Mapping[str, type[Kind]]] = MappingProxyType(
    {"never": Never, "must": Must, "limit": Limit, "together": Together, "sequence": Sequence}
)
DEFAULT_THRESHOLD: Final = -1.2
"""Least score per phone of a phrase whose rulebook names none."""

_ELSEWHERE: Final = ("extends", "cues", "detectors", "phrases", "phrase", "rule")
"""Keys of a rulebook that are read by themselves; ``extends`` by ``rules.book``."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Head:
    name: str
    title: Text
    version: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class _Phrases:
    threshold: float = DEFAULT_THRESHOLD
    accent: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        accent_of(self.accent)


def load_rulebook(name_or_path: str | Path) -> Rulebook:
    """Read a rulebook: the name of a site's or a bundled one, or a path.

    Raises:
        DeskcueError: there is none, or it has mistakes; one line for each.
    """
    return _check(load_source(name_or_path))


def parse_rulebook(data: bytes, name: str) -> Rulebook:
    """Read a rulebook from bytes; ``name`` is how messages call it.

    Raises:
        DeskcueError: it has mistakes; one line for each.
    """
    return _check(parse_source(data, name))


def _check(book: RulebookSource) -> Rulebook:
    rulebook = _Reader(book.document).rulebook(book.sha256, book.sources)
    book.document.check()
    assert rulebook is not None
    return rulebook


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._phrase_ids = self._ids("phrase")
        self._rule_ids = self._ids("rule")
        by_caller = [w for w in document.items("phrase") if document.at((*w, "by")) == "caller"]
        self._callers_names = [f"caller.{document.at((*where, 'id'))}" for where in by_caller]

    def rulebook(self, sha256: str, sources: tuple[Path, ...]) -> Rulebook | None:
        head = read(self._document, (), _Head, others=_ELSEWHERE)
        settings = self._detectors()
        phrases, accent = self._phrases()
        rules = self._rules()
        cues = read(self._document, ("cues",), Cues)
        if head is None or cues is None:
            return None
        return Rulebook(
            name=head.name,
            title=head.title,
            version=head.version,
            sha256=sha256,
            detectors=settings,
            phrases=phrases,
            accent=accent,
            rules=tuple(rules.values()),
            sources=sources,
            cues=cues,
        )

    def _ids(self, array: str) -> list[str]:
        """Ids of an array of tables; the second of the same is a mistake."""
        ids: list[str] = []
        for where in self._document.items(array):
            identity = self._document.at((*where, "id"))
            if identity in ids:
                self._document.wrong((*where, "id"), "the id is taken by an earlier one")
            if isinstance(identity, str):
                ids.append(identity)
        return ids

    def _detectors(self) -> Mapping[str, Mapping[str, object]]:
        tables = self._document.at(("detectors",))
        if not isinstance(tables, dict):
            return MappingProxyType({})
        for name in tables:
            where: Where = ("detectors", name)
            if name in detectors.DETECTORS:
                read(self._document, where, detectors.DETECTORS[name])
            else:
                hint = near(name, detectors.DETECTORS)
                self._document.wrong(where, f'unknown detector "{name}"{hint}')
        return MappingProxyType({n: MappingProxyType(table) for n, table in tables.items()})

    def _phrases(self) -> tuple[tuple[Phrase, ...], tuple[str, ...]]:
        defaults = read(self._document, ("phrases",), _Phrases) or _Phrases()
        self._check_threshold(("phrases", "threshold"))
        phrases = (
            self._phrase(where, defaults.threshold) for where in self._document.items("phrase")
        )
        return tuple(phrase for phrase in phrases if phrase), defaults.accent

    def _phrase(self, where: Where, threshold: float) -> Phrase | None:
        own = "threshold" in self._document.at(where)
        given: dict[str, Any] = {} if own else {"threshold": threshold}
        phrase = read(self._document, where, Phrase, given=given)
        self._check_threshold((*where, "threshold"))
        self._check_spellings((*where, "say"))
        return phrase

    def _check_threshold(self, where: Where) -> None:
        threshold = self._document.at(where)
        if isinstance(threshold, int | float) and threshold > 0:
            self._document.wrong(where, '"threshold" must be 0 or less; 0 is a perfect match')

    def _check_spellings(self, where: Where) -> None:
        spellings = self._document.at(where)
        if spellings == []:
            self._document.wrong(where, '"say" needs a spelling')
        for index, say in enumerate(spellings if isinstance(spellings, list) else ()):
            try:
                expand(str(say))
            except SpellingError as error:
                self._document.wrong((*where, index), f'"say" {error}')

    def _rules(self) -> Mapping[Where, Rule]:
        read_rules = {where: self._rule(where) for where in self._document.items("rule")}
        rules = {where: rule for where, rule in read_rules.items() if rule}
        places = {rule.id: where for where, rule in rules.items()}
        for rule_id, complaint in complaints([*rules.values()]):
            self._document.wrong(places[rule_id], complaint)
        return rules

    def _rule(self, where: Where) -> Rule | None:
        name = self._document.at((*where, "kind"))
        schema = KINDS.get(name) if isinstance(name, str) else None
        if schema is None:
            said = f'unknown kind "{name}"{near(str(name), KINDS)}' if name else '"kind" is missing'
            self._document.wrong((*where, "kind"), f"{said} (kinds: {', '.join(KINDS)})")
            return None
        own = [field.name for field in dataclasses.fields(schema)]
        common = [field.name for field in dataclasses.fields(Rule)]
        kind = cast(Kind | None, read(self._document, where, cast(Any, schema), others=common))
        given = {"kind": kind}
        rule = read(self._document, where, Rule, given=given, others=[*own, "kind"])
        self._check_events(where, schema)
        clause = self._document.at((*where, "clause"))
        if isinstance(clause, str) and clause not in clauses():
            hint = near(clause, clauses())
            self._document.wrong((*where, "clause"), f'unknown clause "{clause}"{hint}')
        return rule if kind else None

    def _check_events(self, where: Where, schema: type[Kind]) -> None:
        """Note names that do not exist, be the rest of the rule sound or not."""
        for key, hint in get_type_hints(schema).items():
            if EventPattern not in (hint, *get_args(hint)):
                continue
            said = self._document.at((*where, key))
            for text in said if isinstance(said, list) else [said]:
                with contextlib.suppress(ValueError):  # which ``read`` has noted
                    for name in EventPattern.parse(str(text)).names if text else ():
                        self._check_name((*where, key), name)

    def _check_name(self, where: Where, name: str) -> None:
        sort, _, identity = name.partition(".")
        if sort in ("phrase", "rule"):
            known = self._phrase_ids if sort == "phrase" else self._rule_ids
            if identity and not any(is_under(one, identity) for one in known):
                hint = near(identity, known)
                self._document.wrong(where, f'unknown {sort} "{identity}"{hint}')
        elif name in self._callers_names:
            return
        elif not any(is_under(one, name) or is_under(name, one) for one in OBSERVATIONS):
            hint = near(name, OBSERVATIONS)
            self._document.wrong(where, f'nothing is observed as "{name}"{hint}')
