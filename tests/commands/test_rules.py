"""``deskcue rules`` and ``deskcue phrases``."""

from pathlib import Path

import pytest

from firmware_py.rules import bundled_rulebooks, load_rulebook
from tests.commands.running import Deskcue


def test_bundled_rulebooks_are_fine(deskcue: Deskcue) -> None:
    shown = deskcue("rules", "check", *bundled_rulebooks())
    assert shown.code == 0
    assert shown.out.count(": fine;") == len(bundled_rulebooks())


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path, deskcue: Deskcue) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        'name = "ours"\nextends = "10086"\ntitle = { zh = "我们" }\n'
        '[[rule]]\nid = "x"\nkind = "never"\nwhen = "phrase.F99"\n'
        '[[phrase]]\nid = "y"\ntext = "y"\nsay = ["bu xnig"]\n',
        "utf-8",
    )
    shown = deskcue("rules", "check", path)
    assert shown.code == 1
    assert ":7" in shown.err
    assert ":11" in shown.err
    assert "did you mean" in shown.err
    assert "Traceback" not in shown.err


DUTY = (
    '[[rule]]\nid = "{id}"\nkind = "must"\nneed = ["phrase.{need}"]\n'
    'after = "call.start"\nwithin_s = 5\nhours = "{hours}"\n'
)
FAULTY = (
    'name = "ours"\nextends = "common"\ntitle = { zh = "我们" }\n'
    '[[rule]]\nid = "names"\nkind = "never"\nwhen = "phrase.F99"\n'
    '[[phrase]]\nid = "spelling"\ntext = "y"\nsay = [\n    "bu xing",\n    "bu xnig",\n]\n'
    '[[rule]]\nid = "circle"\nkind = "never"\nwhen = "rule.circle"\n'
    + DUTY.format(id="early", need="D7.hello", hours="06:00-12:00")
    + DUTY.format(id="late", need="D7.bye", hours="11:00-22:00")
)


def test_check_tells_names_spellings_hours_contradictions_and_circles_at_once(
    tmp_path: Path, deskcue: Deskcue
) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(FAULTY, "utf-8")
    told = deskcue("rules", "check", path).err.replace(f"{path}", "ours").splitlines()
    wanted = [
        ('ours:7: rule "names": unknown phrase "F99"; did you mean "F9"?', ""),
        ('ours:13: phrase "spelling": item 2: ', "did you mean xing"),
        ('ours:15: rule "circle": listens to itself', ""),
        ('ours:26: rule "late": contradicts rule "early"', ""),
        ('ours:26: rule "late": with its like it leaves', "uncovered"),
    ]
    for line, (begins, has) in zip(told, wanted, strict=True):
        assert line.removeprefix("deskcue: ").startswith(begins)
        assert has in line


def test_check_tells_a_circle_of_extends(tmp_path: Path, deskcue: Deskcue) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        (tmp_path / f"{name}.toml").write_text(f'name = "{name}"\nextends = "{other}.toml"\n')
    shown = deskcue("rules", "check", tmp_path / "one.toml")
    assert shown.code == 1
    assert "two.toml:2: extends itself: one.toml > two.toml > one.toml" in shown.err


@pytest.mark.parametrize(("language", "says"), [("zh", "不关我的事"), ("en", "the agent says")])
def test_a_rule_is_explained(language: str, says: str, deskcue: Deskcue) -> None:
    shown = deskcue("rules", "explain", "F5", "--lang", language)
    assert shown.code == 0
    assert says in shown.out


@pytest.mark.parametrize("clause", ["D3", "D4"])
@pytest.mark.parametrize(("language", "says"), [("zh", "试验性"), ("en", "experimental")])
def test_an_experimental_rule_is_explained_with_its_error(
    clause: str, language: str, says: str, deskcue: Deskcue
) -> None:
    shown = deskcue("rules", "explain", clause, "--lang", language)
    assert shown.code == 0
    rules = {rule.id: rule for rule in load_rulebook("experimental").rules}
    error = rules[clause].experimental
    assert error
    (line,) = [line for line in shown.out.splitlines() if says in line and "%" in line]
    assert f"{error.missed:.0%}" in line
    assert f"{error.mistaken:.0%}" in line


def test_experimental_rules_are_off_and_marked_where_they_are_on(
    tmp_path: Path, deskcue: Deskcue
) -> None:
    assert "D3" not in deskcue("rules", "list", "--lang", "en").out
    site = tmp_path / "site.toml"
    head = 'name = "site"\ntitle = { zh = "现场" }\n'
    site.write_text(f'{head}extends = ["complaint", "experimental"]\n', "utf-8")
    listed = deskcue("rules", "list", "--profile", site, "--lang", "en").out
    assert "experimental" in listed
    assert {"D3", "D4", "B3-pause"} <= {*listed.split()}
    assert "B1-pause" not in listed


def test_an_unknown_rule_is_told(deskcue: Deskcue) -> None:
    shown = deskcue("rules", "explain", "F55")
    assert shown.code == 1
    assert "F55" in shown.err


def test_rules_and_phrases_are_listed(deskcue: Deskcue) -> None:
    assert "F5" in deskcue("rules", "list", "--profile", "complaint").out
    phrases = deskcue("phrases", "list", "--json").objects
    assert {"by", "id", "text", "say", "threshold"} == set(phrases[0])
    assert {f"F{number}" for number in range(1, 23)} <= {one["id"] for one in phrases}
