"""What is plugged in, read from texts of the kernel."""

from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.relay.hardware import Card, Port, read_cards
from tests.relay.recorded import cards, lay

JABRA = Card(
    index=1,
    id="MS",
    driver="USB-Audio",
    name="Jabra EVOLVE LINK MS",
    usb="0b0e:0305",
    path="platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.0",
    capture=Port((1,), (16_000, 48_000)),
    playback=Port((2,), (48_000,)),
)


def test_a_headset_is_read_with_its_ports_its_rates_and_its_place(tmp_path: Path) -> None:
    assert cards("headset_and_card", tmp_path)[1] == JABRA


def test_an_output_alone_is_not_duplex_and_a_range_of_rates_is_read(tmp_path: Path) -> None:
    onboard, _, second = cards("headset_and_card", tmp_path)
    assert (onboard.usb, onboard.capture, onboard.duplex) == ("", None, False)
    assert second.capture == Port((2,), (8_000, 48_000))


def test_no_card_is_an_empty_list_and_no_sound_in_the_kernel_one_line(tmp_path: Path) -> None:
    assert cards("no_card", tmp_path) == []
    with pytest.raises(DeskcueError, match=r"no sound.*driver"):
        read_cards(tmp_path / "nowhere")


def test_a_card_that_vanishes_while_it_is_read_is_left_out(tmp_path: Path) -> None:
    ask = lay("one_card", tmp_path)
    for file in (tmp_path / "card1").iterdir():
        file.unlink()
    (tmp_path / "card1").rmdir()
    assert [card.id for card in read_cards(tmp_path, ask)] == ["Headphones"]


def test_a_device_that_is_called_capture_is_none_and_no_name_steers_the_terminal(
    tmp_path: Path,
) -> None:
    (tmp_path / "card0").mkdir()
    (tmp_path / "cards").write_text(" 0 [Odd            ]: USB-Audio - Odd\x1b[2J\n")
    (tmp_path / "pcm").write_text("00-00: capture 1 : capture : playback 1\n")
    (card,) = read_cards(tmp_path, lambda _: "")
    assert (card.capture, card.playback) == (None, Port())
    assert card.name == r"Odd\x1b[2J"
