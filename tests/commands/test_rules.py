"""``deskcue rules`` and ``deskcue phrases``."""

from pathlib import Path

import pytest

from firmware_py.rules import bundled_rulebooks
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


@pytest.mark.parametrize(("language", "says"), [("zh", "不关我的事"), ("en", "the agent says")])
def test_a_rule_is_explained(language: str, says: str, deskcue: Deskcue) -> None:
    shown = deskcue("rules", "explain", "F5", "--lang", language)
    assert shown.code == 0
    assert says in shown.out


def test_an_unknown_rule_is_told(deskcue: Deskcue) -> None:
    shown = deskcue("rules", "explain", "F55")
    assert shown.code == 1
    assert "F55" in shown.err


def test_rules_and_phrases_are_listed(deskcue: Deskcue) -> None:
    assert "F5" in deskcue("rules", "list", "--profile", "complaint").out
    phrases = deskcue("phrases", "list", "--json").objects
    assert {"by", "id", "text", "say", "threshold"} == set(phrases[0])
    assert {f"F{number}" for number in range(1, 23)} <= {one["id"] for one in phrases}
