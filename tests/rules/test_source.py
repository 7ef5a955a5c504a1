"""Rulebooks that extend one another."""

from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.rules import source
from firmware_py.rules.kinds import Limit, Never
from firmware_py.rules.reader import load_rulebook
from firmware_py.rules.reloader import RulebookReloader
from tests.rules.said import HEAD

BASE = f"""{HEAD}
[detectors.call]
hold_s = 0.5
end_s = 3
[phrases]
threshold = -0.7
[[phrase]]
id = "a"
text = "好"
say = ["hao"]
[[rule]]
id = "eat"
kind = "never"
when = "eating"
cue = "amber"
refractory_s = 9
[[rule]]
id = "hello"
kind = "never"
when = "phrase.a"
"""
OWN = """
extends = "base.toml"
name = "own"
[detectors.call]
hold_s = 0.6
[[rule]]
id = "hello"
kind = "limit"
when = "phrase.a|phrase.b"
most = 2
[[rule]]
id = "eat"
cue = "none"
[[phrase]]
id = "b"
text = "您"
say = ["nin"]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "base.toml").write_text(BASE, "utf-8")
    path = tmp_path / "own.toml"
    path.write_text(OWN, "utf-8")
    return path


def test_own_tables_change_and_add(own: Path) -> None:
    rulebook = load_rulebook(own)
    assert (rulebook.name, rulebook.title.zh) == ("own", "测试")
    assert rulebook.detectors == {"call": {"hold_s": 0.6, "end_s": 3}}
    assert [(p.id, p.threshold) for p in rulebook.phrases] == [("a", -0.7), ("b", -0.7)]
    eat, hello = rulebook.rules
    assert (type(eat.kind), eat.cue, eat.refractory_s) == (Never, "none", 9)
    assert isinstance(hello.kind, Limit)
    assert rulebook.sources == (own, own.parent / "base.toml")


def test_the_hash_covers_the_base(own: Path) -> None:
    before = load_rulebook(own).sha256
    (own.parent / "base.toml").write_text(BASE + "\n", "utf-8")
    assert load_rulebook(own).sha256 != before


def test_the_keeper_watches_the_base(own: Path) -> None:
    reloader = RulebookReloader(own)
    reloader.refresh()
    (own.parent / "base.toml").write_text(BASE.replace("0.7", "0.55"), "utf-8")
    assert reloader.refresh()
    assert reloader.rulebook.phrases[0].threshold == -0.55


def test_a_mistake_names_the_file_in_which_it_stands(own: Path) -> None:
    own.write_text(OWN + 'txt = "您"\n', "utf-8")
    base = own.parent / "base.toml"
    base.write_text(BASE.replace("[phrases]", "hld_s = 1\n[phrases]"), "utf-8")
    with pytest.raises(DeskcueError) as error:
        load_rulebook(own)
    second, first = str(error.value).splitlines()
    assert first.startswith(f"{own}:18: ")
    assert first.endswith('phrase "b": unknown key "txt"; did you mean "text"?')
    assert second == f'{base}:7: [detectors.call]: unknown key "hld_s"; did you mean "hold_s"?'


def test_a_changed_id_written_twice_is_told(own: Path) -> None:
    own.write_text(OWN + '[[rule]]\nid = "eat"\nkind = "never"\nwhen = "eating"\n', "utf-8")
    with pytest.raises(DeskcueError, match=r'own\.toml:19: rule "eat": the id is taken'):
        load_rulebook(own)


def test_of_several_bases_each_is_laid_over_those_before(own: Path) -> None:
    (own.parent / "more.toml").write_text(
        f'{HEAD}[detectors.call]\nend_s = 4\n[[rule]]\nid = "eat"\nrefractory_s = 7\n', "utf-8"
    )
    own.write_text(OWN.replace('"base.toml"', '["base.toml", "more.toml"]'), "utf-8")
    rulebook = load_rulebook(own)
    assert rulebook.detectors == {"call": {"hold_s": 0.6, "end_s": 4}}
    eat, _ = rulebook.rules
    assert (type(eat.kind), eat.cue, eat.refractory_s) == (Never, "none", 7)
    assert [source.name for source in rulebook.sources] == ["own.toml", "base.toml", "more.toml"]
    before = rulebook.sha256
    (own.parent / "more.toml").write_text(f"{HEAD}\n", "utf-8")
    assert load_rulebook(own).sha256 != before


@pytest.mark.parametrize("extends", ["3", '["base.toml", 3]', "{ name = 3 }"])
def test_what_is_extended_must_be_names(own: Path, extends: str) -> None:
    own.write_text(OWN.replace('"base.toml"', extends), "utf-8")
    with pytest.raises(DeskcueError, match=r'own\.toml:2: .*"extends" must be the name'):
        load_rulebook(own)


def test_a_circle_by_way_of_a_list_is_told(own: Path) -> None:
    more = own.parent / "more.toml"
    more.write_text(f'{HEAD}extends = ["base.toml", "own.toml"]\n', "utf-8")
    own.write_text(OWN.replace('"base.toml"', '["base.toml", "more.toml"]'), "utf-8")
    with pytest.raises(DeskcueError, match=r"extends itself: own\.toml > more\.toml > own\.toml"):
        load_rulebook(own)


def test_a_circle_is_told(own: Path) -> None:
    (own.parent / "base.toml").write_text(f'extends = "own.toml"\n{BASE}', "utf-8")
    with pytest.raises(DeskcueError, match=r"extends itself: own\.toml > base\.toml > own\.toml"):
        load_rulebook(own)


def test_a_base_that_is_not_there_is_told(own: Path) -> None:
    own.write_text('\nextends = "10068"\n', "utf-8")
    with pytest.raises(DeskcueError, match=r'own\.toml:2: no rulebook "10068"; did you mean'):
        load_rulebook(own)


def test_a_site_may_extend_the_bundled_one_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "SITE_RULEBOOKS", tmp_path)
    bundled = load_rulebook("10086")
    (tmp_path / "10086.toml").write_text('extends = "10086"\nversion = 99\n', "utf-8")
    site = load_rulebook("10086")
    assert (site.version, len(site.rules)) == (99, len(bundled.rules))


def test_a_fetched_one_is_found_by_its_name_and_takes_no_others_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "FETCHED_RULEBOOKS", tmp_path)
    for name in ("ours-4", "10086"):
        (tmp_path / f"{name}.toml").write_text('extends = "10086"\nversion = 99\n', "utf-8")
    assert load_rulebook("ours-4").version == 99
    assert load_rulebook("10086").version != 99
