"""Parts of the recipe of the phone model, and of its calibration, that need no TensorFlow."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core.errors import DeskcueError
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import OUTPUTS
from firmware_py.hearing.spelling import BLANK, INITIALS
from firmware_py.rules import load_rulebook
from lab.evaluation import rewriting
from lab.training import cutting, label_check, material, noises, options, tables, writing
from lab.training.store import Store


@given(
    st.lists(st.tuples(st.integers(0, BLANK - 1), st.integers(1, 5)), min_size=1, max_size=12),
    st.integers(0, 2**32 - 1),
)
def test_every_token_is_found_where_it_is_said(said: list[tuple[int, int]], seed: int) -> None:
    tokens = tuple(token for token, _ in said)
    rows = np.cumsum([gap + 1 for _, gap in said])  # so that a blank lies between any two
    shares = np.full((rows[-1] + 3, OUTPUTS), 1e-3) * np.random.default_rng(seed).uniform(
        0.5, 1.0, (rows[-1] + 3, OUTPUTS)
    )
    shares[:, BLANK] = 1.0
    shares[rows, BLANK] = 1e-3
    shares[rows, tokens] = 1.0
    assert cutting.peaks(np.log(shares).astype(np.float32), tokens).tolist() == rows.tolist()


def test_too_few_rows_have_no_place_for_all_tokens() -> None:
    rows = np.zeros((2, OUTPUTS), dtype=np.float32)
    assert len(cutting.peaks(rows, (1, 2, 3))) == 0


def test_a_syllable_begins_with_its_initial_or_after_a_final() -> None:
    initial, final = 0, len(INITIALS)
    assert cutting.first_tokens((initial, final, final, initial, final)) == [0, 2, 3]


def test_phone_errors_are_counted_token_by_token() -> None:
    assert label_check.edit_distance((1, 2, 3), (1, 2, 3)) == 0
    assert label_check.edit_distance((1, 9, 3), (1, 2, 3)) == 1
    assert label_check.edit_distance((), (1, 2, 3)) == 3
    assert label_check.edit_distance((1, 2, 3, 4), (2, 3)) == 2
    rows = np.full((6, OUTPUTS), -9.0, dtype=np.float32)
    rows[range(6), (BLANK, 4, 4, BLANK, 4, 7)] = 0.0
    assert label_check.greedy(rows) == [4, 4, 7]


def test_a_source_of_noise_is_on_one_side_for_all_time() -> None:
    side_of = noises.side_of
    sides = [side_of(f"source {number}") for number in range(400)]
    assert {
        side: sides.count(side) > 40 for side in ("train", "choose", "report")
    } == dict.fromkeys(("train", "choose", "report"), True)
    assert [side_of(name) for name in ("a", "b", "c", "d")] == ["train", "train", "train", "report"]


ROW = "mono.flac||谢谢|A1|ours|train"
HEADER = "path\tchannel\ttext\tspeaker\tlicence\tuse\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a stereo call, mono ones, and some from which nobody can learn."""
    sound = np.random.default_rng(1).normal(0, 0.1, (16_000, 2))
    soundfile.write(tmp_path / "call.wav", sound, 8_000)
    for name in ("mono", "other", "third", "fourth"):
        soundfile.write(tmp_path / f"{name}.flac", sound[:, 0], 16_000)
    (tmp_path / "cut.flac").write_bytes((tmp_path / "mono.flac").read_bytes()[:9_000])
    soundfile.write(tmp_path / "half.wav", sound * (1, 0), 16_000)
    soundfile.write(tmp_path / "short.wav", sound[:2_000, 0], 16_000)
    soundfile.write(tmp_path / "long.wav", np.tile(sound[:, 0], 61), 16_000)
    soundfile.write(tmp_path / "slow.wav", sound, 4_000)
    (tmp_path / "call.g729").write_bytes(b"no sound")
    return tmp_path


def write(site: Path, *rows: str) -> Path:
    table = site / "calls.tsv"
    table.write_text(HEADER + "".join(row.replace("|", "\t") + "\n" for row in rows), "utf-8")
    return table


def test_a_table_of_ones_own_recordings_is_read(site: Path) -> None:
    table = write(
        site,
        "call.wav|left|您好，请问有什么可以帮您？|A1|works agreement 7|train",
        "mono.flac||我查1下|A1|works agreement 7|train",  # a digit: nobody knows how it was read
        "other.flac||再见|B2|works agreement 7|dev",
    )
    ((first, use), (second, other)), unread = tables.read(table)
    assert unread == [3]
    assert (first.kind, first.speaker, first.channel, use) == ("crowd", "A1", 0, "train")
    assert first.syllables[:4] == ("nin", "hao", "qing", "wen")
    assert (second.speaker, second.channel, other) == ("B2", None, "dev")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("gone.wav|left|您好|A1|ours|train", "there is no file"),
        ("call.g729|left|您好|A1|ours|train", "no encoding that can be read"),
        ("slow.wav|left|您好|A1|ours|train", "4000 Hz; 8000 Hz is the least"),
        ("call.wav||您好|A1|ours|train", "2 channels; say which one is the speaker's"),
        ("mono.flac|right|您好|A1|ours|train", "has no channel right"),
        ("mono.flac|agent|您好|A1|ours|train", "channel is agent, not mono, left"),
        ("mono.flac||您好|A1|CC-BY-NC-4.0|train", "forbids to learn from it"),
        ("mono.flac||您好|A1|cc by nc|train", "forbids to learn from it"),
        ("mono.flac||您好|A1|仅供评估|train", "forbids to learn from it"),
        ("third.flac||您好|A1|ours|train", "third.flac stands in line 2 already"),
        ("./third.flac|mono|您好|A1|ours|dev", "third.flac stands in line 2 already"),
        ("cut.flac||您好|A1|ours|train", "cut.flac is broken"),
        ("half.wav|right|您好|A1|ours|train", "nothing is to be heard on channel 2"),
        ("short.wav||您好|A1|ours|train", "lasts 0.1 s: too short for 2 syllables"),
        ("long.wav||您好|A1|ours|train", "lasts 61 s: cut it into sentences"),
        ("||您好|A1|ours|train", "no path"),
        ("mono.flac||您好|A1||train", "no licence"),
        ("mono.flac||您好||ours|train", "no speaker"),
        ("mono.flac||您好|A1|ours|test", "use is test, not train or dev"),
    ],
)
def test_every_mistake_of_a_table_is_told_in_a_line(site: Path, row: str, told: str) -> None:
    table = write(site, "third.flac||谢谢|Z9|ours|train", row, "fourth.flac||||ours|train")
    with pytest.raises(DeskcueError) as failed:
        tables.read(table)
    first, second = str(failed.value).splitlines()
    assert first.startswith(f"{table}:3: ")
    assert second == f"{table}:4: no speaker"
    assert told in first


def test_a_person_on_both_sides_is_told_once(site: Path) -> None:
    names = ("mono", "other", "third", "fourth")
    people = (("Z9", "train"), ("z9", "dev"), ("Z9", "dev"), ("Z9", "train"))
    rows = (f"{n}.flac||您好|{z}|ours|{u}" for n, (z, u) in zip(names, people, strict=True))
    table = write(site, *rows)
    with pytest.raises(DeskcueError) as failed:
        tables.read(table)
    said = "speaker z9 is both train and dev; keep a person on one side"
    assert str(failed.value) == f"{table}:3: {said}"


def test_a_table_as_a_spreadsheet_writes_it_is_read(site: Path) -> None:
    table = site / "calls.tsv"
    names = "\ufeffPath\tChannel \tText\tSpeaker\tLicence\tUse"
    row = '"mono.flac"\t\t"您好,请问"\tA1\tours\tTrain'
    table.write_bytes(f"{names}\r\n{row}\r\n".encode())
    ((one, use),), unread = tables.read(table)
    assert (one.syllables, use, unread) == (("nin", "hao", "qing", "wen"), "train", [])


def test_a_table_that_is_none_is_told(tmp_path: Path) -> None:
    table = tmp_path / "calls.tsv"
    with pytest.raises(DeskcueError, match=r"cannot read .*: No such file"):
        tables.read(table)
    table.write_bytes(HEADER.encode() + "mono.flac\t\t您好\tA1\tours\ttrain\n".encode("gb18030"))
    with pytest.raises(DeskcueError, match=r"calls.tsv:2: this is not UTF-8"):
        tables.read(table)
    table.write_text("path,text\nmono.flac,您好\n", "utf-8")
    with pytest.raises(DeskcueError, match="no column path, channel, text"):
        tables.read(table)
    table.write_text(HEADER, "utf-8")
    with pytest.raises(DeskcueError, match="nothing in it is to be learnt from"):
        tables.read(table)


def test_a_site_can_learn_from_its_own_alone(site: Path) -> None:
    table = write(site, ROW, "other.flac||再见|B2|ours|dev")
    with pytest.raises(DeskcueError, match="no sound that is no speech"):
        material.gather(material.Wanted(None, (table,)))
    (site / "night").mkdir()
    with pytest.raises(DeskcueError, match="holds no sounds"):
        material.gather(material.Wanted(None, (table,), (site / "night",)))
    soundfile.write(site / "night" / "typing.wav", np.zeros(16_000), 16_000)
    with pytest.raises(DeskcueError, match="nothing is to be heard"):
        material.gather(material.Wanted(None, (table,), (site / "night",)))
    soundfile.write(site / "night" / "typing.wav", np.full(16_000, 0.1), 16_000)
    found = material.gather(material.Wanted(None, (table,), (site / "night",)))
    assert [one.speaker for one in found.learnt] == ["A1"]
    assert [one.speaker for one in found.kept] == ["B2"]
    assert [one.label for one in found.noises] == ["site"]
    with pytest.raises(DeskcueError, match="nobody of 1 speakers is called A2; the nearest are A1"):
        material.gather(material.Wanted(None, (table,), (site / "night",), ("A2",)))
    with pytest.raises(DeskcueError, match="there is nothing to learn from"):
        material.gather(material.Wanted(None))


def test_a_store_of_other_recordings_is_not_gone_on_with(site: Path) -> None:
    (site / "room").mkdir()
    soundfile.write(site / "room" / "fan.wav", np.full(16_000, 0.1), 16_000)
    found = [
        material.gather(material.Wanted(None, (write(site, *rows),), (site / "room",)))
        for rows in ([ROW], [ROW], [ROW, "other.flac||再见|B2|ours|train"])
    ]
    first, same, more = (one.digest for one in found)
    assert first == same != more


def test_a_speaker_of_a_site_is_not_taken_for_one_of_the_corpora(site: Path) -> None:
    table = write(site, "mono.flac||谢谢|HT|ours|train")
    with pytest.raises(DeskcueError, match="speaker ht of your table is called like one"):
        material.gather(material.Wanted(None, (table,)))


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "phones.tflite"
    path.write_bytes(b"before")

    def half() -> None:
        with writing.whole(path) as out:
            out.write(b"half")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        half()
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"before"]
    with writing.whole(path) as out:
        out.write(b"after")
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"after"]


def test_who_is_on_the_other_channel_is_named() -> None:
    there = Store(
        np.zeros((3, BANDS), np.float16),
        np.arange(3),
        np.arange(1, 4),
        [(1,)] * 3,
        np.array(["crowd", "crowd", "noise"]),
        np.array(["A1*0", "B2*0", "site"]),
        None,
    )
    assert label_check.doubtful_speakers(there, np.array([True, False, False])) == ["B2"]


BOOK = """name = "ours"

[[phrase]]
id = "A"
text = "您好"
say = ["nin hao"]

[[phrase]]
id = "B"
say = ["zai jian"]
threshold = -0.4

[[rule]]
id = "B"
kind = "never"
"""


def test_thresholds_are_put_in_and_nothing_else_changes() -> None:
    after = rewriting.rewritten(BOOK, {"A": -1.5, "B": -0.75, "C": -2.0})
    assert after == BOOK.replace(
        'say = ["nin hao"]\n', 'say = ["nin hao"]\nthreshold = -1.5\n'
    ).replace("threshold = -0.4", "threshold = -0.75")
    assert rewriting.rewritten(BOOK, {}) == BOOK


def test_limits_of_the_experiments_are_put_in_and_nothing_else_changes(tmp_path: Path) -> None:
    before = load_rulebook("experimental").sources[0].read_text("utf-8")
    book = tmp_path / "experimental.toml"
    book.write_text(before, "utf-8")
    rewriting.experiment(book, (0.12, 0.34), {"D3": (0.5, 0.25)})
    changed = [
        (old, new)
        for old, new in zip(before.splitlines(), book.read_text("utf-8").splitlines(), strict=True)
        if old != new
    ]
    assert {new for _, new in changed} <= {
        "slurred_over = 0.12",
        "foreign_over = 0.34",
        "experimental = { missed = 0.50, mistaken = 0.25 }",
    }
    assert len(changed) == 3


def test_a_rulebook_without_limits_is_not_touched(tmp_path: Path) -> None:
    book = tmp_path / "ours.toml"
    book.write_text(BOOK, "utf-8")
    with pytest.raises(ValueError, match="not once"):
        rewriting.experiment(book, (0.12, 0.34), {})
    assert book.read_text("utf-8") == BOOK


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--steps", "0", "0 is too few"),
        ("--examples", "-3", "-3 is less than 0"),
        ("--rate", "nan", "nan is not between 0 and 1"),
        ("--synthetic", "many", "invalid"),
    ],
)
def test_numbers_that_nothing_can_be_learnt_with_are_wrong_use(
    option: str,
    value: str,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["models/train", option, value])
    with pytest.raises(SystemExit) as ended:
        options.arguments()
    assert ended.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert option in last
    assert told in last
