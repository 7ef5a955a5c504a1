"""The phrase spotter, on voices that the model never heard.

Thresholds come from ``scripts/evaluate thresholds`` on the side of the data that the model learnt
from; nothing here chooses anything.
"""

import argparse
import random
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from training import corpus, texts, voices

from evaluation import sayings
from evaluation.sayings import Saying
from firmware_py.app import ways_of
from firmware_py.detectors.phrases import SECONDS_PER_ROW, SECONDS_PER_STEP
from firmware_py.hearing.search import PhraseSearch, Way, best_matches, ways_to_say
from firmware_py.hearing.spotter import load_spotter
from firmware_py.rules import load_rulebook

HELD_OUT_SENTENCES = "s0252"
HELD_OUT_SYLLABLES = "ht"
BANNED = [f"F{number}" for number in range(1, 23)]


def banned_ways() -> list[Way]:
    """The ways to say all F phrases that the standard words (F1 to F22), halves included."""
    wanted = set(BANNED)
    return [way for way in ways_of(load_rulebook("10086")) if way.phrase.split(".")[0] in wanted]


def banned_texts() -> dict[str, list[texts.Toned]]:
    """F phrase -> sayings of it, as the standard writes them and with their usual variants."""
    rows = {}
    for phrase in load_rulebook("10086").phrases:
        if phrase.id in BANNED:
            whole = _hanzi(phrase.text)
            rows[phrase.id] = [texts.toned(part) for part in whole]
    return rows


def _hanzi(text: str) -> list[str]:
    """The text's versions (divided by a slash), without punctuation, with 你 and with 您."""
    versions = []
    for part in text.split("/"):
        plain = "".join(sign for sign in part if "\u4e00" <= sign <= "\u9fff")
        versions += [plain]
        versions += [plain.replace("你", "您")] if "你" in plain else []
        versions += [plain.replace("您", "你")] if "您" in plain else []
        versions += [plain.replace("儿", "")] if "儿" in plain else []
    return list(dict.fromkeys(versions))


class Ears:
    """The spotter and a search, to ask what is heard in a saying."""

    def __init__(self, ways: list[Way]) -> None:
        self._ways = ways
        self._search = PhraseSearch(ways)
        self._spotter = load_spotter()

    def hits(self, saying: Saying) -> dict[str, float]:
        """Phrases that are found, with the second at which it is said so."""
        self._search.reset()
        found: dict[str, float] = {}
        for hit in self._search.feed(sayings.posteriors(saying, self._spotter)):
            steps = -((hit.last_row + 1) // -2)
            found.setdefault(hit.phrase.split(".")[0], steps * SECONDS_PER_STEP)
        return found

    def scores(self, saying: Saying) -> dict[str, float]:
        """Best score of every phrase."""
        rows = sayings.posteriors(saying, self._spotter)
        best: dict[str, float] = {}
        for phrase, hit in best_matches(rows, self._ways).items():
            name = phrase.split(".")[0]
            best[name] = max(best.get(name, -99.0), hit.score)
        return best


def _recall(
    ears: Ears, said: Iterable[tuple[str, Saying]]
) -> tuple[float, list[float], set[str], int]:
    """Share found, delays in seconds, phrases found at least once per voice…, false names."""
    found, total, delays, missed, false = 0, 0, [], {}, 0
    for phrase, saying in said:
        hits = ears.hits(saying)
        total += 1
        if phrase in hits:
            found += 1
            delays.append(hits[phrase] - saying.end)
        else:
            missed[phrase] = missed.get(phrase, 0) + 1
        false += bool(set(hits) - {phrase})
    return found / max(total, 1), delays, missed, total, false


def _with_names(rows: dict[str, list[texts.Toned]], names: Iterable[str], seed: int):
    for phrase, versions in rows.items():
        for saying in sayings.synthetic(versions, names, seed + int(phrase[1:])):
            yield phrase, saying


def _joined_with_names(audio: Path, rows: dict[str, list[texts.Toned]], speaker: str, copies: int):
    units = sayings.syllables_of(audio, speaker)
    for phrase, versions in rows.items():
        for saying in sayings.joined(units, speaker, versions * copies, int(phrase[1:])):
            yield phrase, saying


def _open_vocabulary(audio: Path, console: Console, count: int = 60) -> tuple[float, float]:
    """Recall of random 4- to 6-syllable stretches at 0.05 false alarms per phrase and hour."""
    spotter = load_spotter()
    said = list(sayings.recorded(audio, [HELD_OUT_SENTENCES], 3))
    rows = [sayings.posteriors(item, spotter) for item in said]
    rng = random.Random(5)
    own: list[int] = []
    ways: list[Way] = []
    for number in rng.sample(range(len(said)), len(said)):
        syllables = said[number].syllables
        length = rng.randint(4, 6)
        if len(syllables) < length + 1 or len(own) == count:
            continue
        first = rng.randrange(len(syllables) - length + 1)
        text = " ".join(syllables[first : first + length])
        ways += ways_to_say(str(len(own)), [text], -9.0)
        own.append(number)
    scores = np.full((len(said), len(own)), -99.0)
    for number in track(range(len(said)), "open vocabulary", console=console, transient=True):
        for phrase, hit in best_matches(rows[number], ways).items():
            scores[number, int(phrase)] = hit.score
    contains = np.array([[_holds(item.syllables, way.tokens) for way in ways] for item in said])
    hours = sum(len(row) for row in rows) * SECONDS_PER_ROW / 3600
    allowed = int(0.05 * hours * len(own))
    threshold = np.sort(scores[~contains])[::-1][allowed] + 1e-6
    return float((scores[contains] >= threshold).mean()), float(threshold)


def _holds(syllables: tuple[str, ...], tokens: tuple[int, ...]) -> bool:
    whole = corpus.tokens_of(syllables)
    return any(whole[at : at + len(tokens)] == tokens for at in range(len(whole)))


def main(audio: Path, rest: list[str]) -> None:
    """Measure everything and print one table."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate phrases", description=__doc__)
    parser.add_argument("--hours", type=float, default=0.5, help="of synthetic background speech")
    chosen = parser.parse_args(rest)
    console = Console()
    ears = Ears(banned_ways())
    rows = banned_texts()
    table = Table("measure", "result", "of", "remarks", title="phrase spotter")

    synthetic = list(_with_names(rows, voices.HELD_OUT, 7))
    share, delays, missed, total, false = _recall(ears, synthetic)
    table.add_row("recall, held-out synthetic voices", f"{share:.1%}", str(total), f"{missed}")
    table.add_row("another phrase fired too", str(false), str(total), "")
    if delays:
        p50, p95 = np.percentile(delays, [50, 95])
        table.add_row(
            "delay from the last sample", f"{p50:.2f} s, p95 {p95:.2f} s", str(len(delays)), ""
        )
    narrow = [(phrase, sayings.telephoned(item)) for phrase, item in synthetic]
    share, _, missed, total, _ = _recall(ears, narrow)
    table.add_row("the same over a telephone line", f"{share:.1%}", str(total), f"{missed}")
    mine = list(_joined_with_names(audio, rows, HELD_OUT_SYLLABLES, 3))
    share, _, missed, total, _ = _recall(ears, mine)
    table.add_row(
        f"recall, joined syllables of {HELD_OUT_SYLLABLES}", f"{share:.1%}", str(total), f"{missed}"
    )

    for name, said in (
        (
            f"false alarms, sentences of {HELD_OUT_SENTENCES}",
            sayings.recorded(audio, [HELD_OUT_SENTENCES], 1),
        ),
        ("false alarms, recorded commands", sayings.recorded(audio, [], 2, "dev")),
        (
            "near-misses that fire",
            sayings.synthetic(
                texts.lines_of(Path(__file__).parent / "near_misses.txt"), voices.HELD_OUT, 9
            ),
        ),
        ("false alarms, synthetic talk", _talk(chosen.hours)),
    ):
        count, hits, seconds = 0, [], 0.0
        for saying in said:
            count += 1
            seconds += len(saying.sound) / 16_000
            hits += [(phrase, " ".join(saying.syllables)) for phrase in ears.hits(saying)]
        table.add_row(
            name, str(len(hits)), f"{count} ({seconds / 3600:.2f} h)", "; ".join(map(str, hits[:6]))
        )
    recall, threshold = _open_vocabulary(audio, console)
    table.add_row(
        "open vocabulary, recall at 0.05/h", f"{recall:.1%}", "60", f"threshold {threshold:.2f}"
    )
    console.print(table)


def _talk(hours: float) -> Iterable[Saying]:
    """Random talk by voices that are held out, without the banned phrases themselves."""
    banned = [way.tokens for way in banned_ways()]
    seconds = 0.0
    for number, text in enumerate(texts.sentences(77)):
        if seconds > hours * 3600:
            return
        plain = tuple(word.rstrip("012345") for word in text)
        if any(_holds(plain, tokens) for tokens in banned):
            continue
        name = voices.HELD_OUT[number % len(voices.HELD_OUT)]
        for saying in islice(sayings.synthetic([text], [name], number), 1):
            seconds += len(saying.sound) / 16_000
            yield saying
