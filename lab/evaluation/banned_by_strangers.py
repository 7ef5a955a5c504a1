"""The banned phrases, fluently by neural voices that nothing here ever heard."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from firmware_py.hearing.closest import best_matches
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.hearing.verifier import bundled_verifier
from lab.evaluation.curves import Curve
from lab.evaluation.heard import Heard, hear
from lab.evaluation.rates import Flags, Recall, Scores, recall, thresholds_for
from lab.evaluation.wanted import banned
from lab.results import Result, Target, at_least

CONDITIONS: Final = ("clean", "typing", "babble", "telephone", "echo")
BUDGETS: Final = {1.0: None, 0.1: at_least(90), 0.01: at_least(97)}
"""False alarms an hour of all banned phrases together, and the recall that is wanted there."""
TALK: Final = ("crowd_report", "s0252", "s0150")
"""Strangers' talk that holds no banned phrase."""
GROUPS: Final = {
    "female": ("female voices", 1, "f"),
    "male": ("male voices", 1, "m"),
    "native": ("voices of Mandarin speakers", 0, "z"),
    "english": ("voices of English speakers, native prosody", 0, "ab"),
    "other": ("voices of French and Japanese speakers, native prosody", 0, "fj"),
}
"""Id -> title, and which letter of a voice's name is one of which; the tables know no region of
real people who are not learnt from."""
FAR: Final = -9.0
"""Score where nothing comes near."""


def result_of(
    name: str, title: str, found: Recall, target: Target | None, conditions: str, remarks: str = ""
) -> Result:
    """Make the Result of a recall."""
    return Result(
        id=f"strangers.{name}",
        question="strangers",
        title=title,
        value=100 * found.share,
        unit="%",
        n=found.said,
        of=f"sayings by {found.speakers} voices",
        target=target,
        interval=(100 * found.interval[0], 100 * found.interval[1]),
        conditions=conditions,
        remarks=remarks,
    )


def _scores_of(heard: Heard, pronunciations: Sequence[Pronunciation], ids: list[str]) -> Scores:
    """Best score of each phrase in each clip; a half of a phrase counts as the phrase."""
    scores = np.full((len(heard.clips), len(ids)), FAR, dtype=np.float32)
    for clip in range(len(heard.clips)):
        matches = best_matches(heard.rows(clip), pronunciations, bundled_verifier())
        for phrase, hit in matches.items():
            scores[clip, ids.index(phrase)] = max(scores[clip, ids.index(phrase)], hit.score)
    return scores


def banned_phrases(audio: Path, model: Path, drawn: dict[str, Curve]) -> Iterator[Result]:
    """The phrases that the standard bans, said fluently by neural voices."""
    pronunciations = banned().pronunciations
    ids = sorted({one.phrase for one in pronunciations})
    talk = [hear(audio, name, "clean", model) for name in TALK]
    others = np.concatenate([_scores_of(heard, pronunciations, ids) for heard in talk])
    hours = sum(heard.hours for heard in talk)
    shipped = np.array([next(p.threshold for p in pronunciations if p.phrase == i) for i in ids])
    limits = {budget: thresholds_for(others, hours, budget) for budget in BUDGETS}
    for condition in CONDITIONS:
        heard = hear(audio, "neural_phrases", condition, model)
        scores = _scores_of(heard, pronunciations, ids)
        speakers = [clip.speaker for clip in heard.clips]
        right = np.array(
            [[name.split(".")[0] == clip.phrase for name in ids] for clip in heard.clips]
        )
        for budget, target in BUDGETS.items():
            yield result_of(
                f"banned.neural.{condition}.recall@{budget:g}",
                f"The 22 banned phrases, unheard neural voices, at {budget:g} FA/h of all together",
                recall(((scores >= limits[budget]) & right).any(axis=1), speakers),
                target if condition == "clean" else None,
                condition,
                f"thresholds from {hours:.1f} h of strangers' talk, tail fit",
            )
        passed = ((scores >= shipped) & right).any(axis=1)
        yield result_of(
            f"banned.neural.{condition}.recall",
            "The 22 banned phrases, unheard neural voices, shipped thresholds",
            recall(passed, speakers),
            at_least(97) if condition == "clean" else None,
            condition,
        )
        if condition == "clean":
            yield from _by_group(passed, speakers)
            drawn["banned, neural voices"] = _banned_curve(scores, right, others, hours)
    lit = (others >= shipped).sum()
    yield Result(
        id="strangers.banned.talk.per_hour",
        question="strangers",
        title="Banned phrases that nobody said, in strangers' talk",
        value=float(lit / hours),
        unit="FA/h",
        n=round(hours, 2),
        of="h",
        remarks=f"{lit} seen; all 22 and their halves, shipped thresholds",
    )


def _by_group(passed: Flags, speakers: list[str]) -> Iterator[Result]:
    for group, (title, place, letters) in GROUPS.items():
        mine = np.array([name[place] in letters for name in speakers])
        yield result_of(
            f"banned.neural.{group}.recall",
            f"The same, {title}",
            recall(passed[mine], [name for name in speakers if name[place] in letters]),
            None,
            "clean",
        )


def _banned_curve(scores: Scores, right: Flags, others: Scores, hours: float) -> Curve:
    """One threshold for all banned phrases; false alarms of all together."""
    own = np.where(right, scores, FAR).max(axis=1)
    wrong = np.sort(others.ravel())[::-1]
    places = np.unique(np.geomspace(1, len(wrong), 80).astype(int)) - 1
    missed = [float((own < wrong[place]).mean()) for place in places]
    return [float((place + 1) / hours) for place in places], missed
