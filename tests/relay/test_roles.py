"""Who is the headset, who the computer."""

from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.relay.headsets import headset_name, known_headsets
from firmware_py.relay.roles import choose_roles, choose_tap
from firmware_py.settings.config import RelayMode
from firmware_py.settings.toml_document import parse_toml, read_file
from tests.checkout import ROOT
from tests.relay.recorded import cards

CARDS, GADGET = RelayMode.CARDS, RelayMode.GADGET


def test_a_known_headset_and_the_other_card_need_no_question(tmp_path: Path) -> None:
    roles = choose_roles(cards("headset_and_card", tmp_path), CARDS)
    assert (roles.headset.id, roles.computer.id) == ("MS", "CODEC")


def test_the_gadget_is_the_computer(tmp_path: Path) -> None:
    roles = choose_roles(cards("gadget", tmp_path), GADGET)
    assert (roles.headset.id, roles.computer.id) == ("MS", "UAC2Gadget")


def test_a_person_may_say_who_is_who(tmp_path: Path) -> None:
    roles = choose_roles(cards("three_headsets", tmp_path), CARDS, "MS_1", "blackwire")
    assert (roles.headset.id, roles.computer.id) == ("MS_1", "C3220")


@pytest.mark.parametrize(
    ("desk", "mode", "headset", "computer", "line"),
    [
        ("no_card", CARDS, "", "", r"no sound card with both directions .* plugged in\?"),
        ("one_card", CARDS, "", "", r"only the headset is there; plug in"),
        ("one_card", GADGET, "", "", r"no USB gadget is there.*dwc2"),
        ("three_headsets", CARDS, "", "", r"several headsets .*MS .*C3220 .*MS_1 .*--headset ID"),
        ("three_headsets", CARDS, "C3220", "", r"several cards may be .*MS .*MS_1 .*--computer"),
        ("three_headsets", CARDS, "0b0e:0305", "", r"fits several cards .*use the card's id"),
        ("headset_and_card", CARDS, "jabber", "", r"no card fits --headset jabber .*MS .*CODEC"),
    ],
)
def test_what_cannot_be_told_is_one_line_with_what_to_do(
    tmp_path: Path, desk: str, mode: RelayMode, headset: str, computer: str, line: str
) -> None:
    with pytest.raises(DeskcueError, match=line) as raised:
        choose_roles(cards(desk, tmp_path), mode, headset, computer)
    assert "\n" not in str(raised.value)


def test_a_tap_takes_the_one_stereo_input(tmp_path: Path) -> None:
    assert choose_tap(cards("line_input", tmp_path / "a")).id == "CODEC"
    with pytest.raises(DeskcueError, match="no sound card brings in two channels"):
        choose_tap(cards("one_card", tmp_path / "b"))


def test_a_headset_is_known_by_product_or_by_maker() -> None:
    assert headset_name("047f:c056") == "Plantronics Blackwire C3220"
    assert "Jabra" in headset_name("0b0e:ffff")
    assert headset_name("08bb:2902") == headset_name("") == ""


def test_every_headset_of_the_list_has_a_source_and_stands_once() -> None:
    path = ROOT / "firmware_py" / "relay" / "headsets.toml"
    rows = parse_toml(read_file(path), path.name).root["headset"]
    assert all(row["name"] and row["source"] for row in rows)
    assert len(known_headsets()) == len(rows)
