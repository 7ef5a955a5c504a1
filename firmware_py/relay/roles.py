"""Which card is what: the headset, the computer, the tap."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.relay.hardware import Card
from firmware_py.relay.headsets import headset_name
from firmware_py.settings.config import RelayMode

GADGET_DRIVER: Final = "UAC2_Gadget"
"""What the kernel's f_uac2 calls its card (drivers/usb/gadget/function/u_audio.c)."""
LOOPBACK_DRIVER: Final = "Loopback"


@dataclass(frozen=True, slots=True)
class Roles:
    """Who is who on this desk."""

    headset: Card
    computer: Card


def choose_roles(
    cards: Sequence[Card], mode: RelayMode, headset: str = "", computer: str = ""
) -> Roles:
    """Say which card is the headset and which is the computer's.

    Args:
        cards: all that are there.
        mode: ``cards``, ``gadget`` or ``lab``; a tap has no roles.
        headset: card id, USB id or part of the name; empty: the one known headset.
        computer: likewise; empty: the one card that is left.

    Raises:
        DeskcueError: it cannot be said; the line names the cards and what to do.
    """
    able = [card for card in cards if card.duplex and _in_question(card, mode)]
    first = _find(able, headset, "headset") if headset else _only_headset(able, mode)
    rest = [card for card in able if card != first]
    second = _find(rest, computer, "computer") if computer else _only_other(rest, mode)
    return Roles(first, second)


def choose_tap(cards: Sequence[Card]) -> Card:
    """The one card that brings in two channels, for a passive tap.

    Raises:
        DeskcueError: there is none, or there are several.
    """
    stereo = [card for card in cards if card.capture and max(card.capture.channels or (2,)) >= 2]
    if len(stereo) == 1:
        return stereo[0]
    if not stereo:
        raise DeskcueError(
            "no sound card brings in two channels"
            f" (here: {_names(cards)}); plug in a stereo line input"
        )
    raise DeskcueError(
        f"several sound cards bring in two channels ({_names(stereo)});"
        ' name one: [tap] device = "part of its name" in deskcue.toml'
    )


def _in_question(card: Card, mode: RelayMode) -> bool:
    return (card.driver == LOOPBACK_DRIVER) is (mode is RelayMode.LAB)


def _only_headset(cards: Sequence[Card], mode: RelayMode) -> Card:
    known = _those(cards, lambda card: bool(headset_name(card.usb)))
    if mode is RelayMode.LAB:
        known = _those(cards, lambda card: card.index == min(one.index for one in cards))
    if len(known) == 1:
        return known[0]
    if known:
        raise DeskcueError(f"several headsets are there ({_names(known)}); name one: --headset ID")
    if not cards:
        raise DeskcueError(
            "no sound card with both directions is there; is the headset plugged in?"
        )
    raise DeskcueError(
        f"none of the sound cards is a known headset ({_names(cards)}); name it: --headset ID"
    )


def _only_other(cards: Sequence[Card], mode: RelayMode) -> Card:
    if mode is RelayMode.GADGET:
        cards = _those(cards, lambda card: card.driver == GADGET_DRIVER)
        if not cards:
            raise DeskcueError(
                "no USB gadget is there; is the port to the computer in device mode (dwc2), and"
                " libcomposite set up? See docs/hardware.md"
            )
    others = _those(cards, lambda card: not headset_name(card.usb)) or list(cards)
    if len(others) == 1:
        return others[0]
    if not others:
        raise DeskcueError("only the headset is there; plug in the sound card at the computer")
    raise DeskcueError(
        f"several cards may be the computer's ({_names(others)}); name one: --computer ID"
    )


def _find(cards: Sequence[Card], wanted: str, role: str) -> Card:
    """The card that a person means."""
    exact = _those(cards, lambda card: wanted.lower() in (card.id.lower(), card.usb.lower()))
    meant = exact or _those(cards, lambda card: wanted.lower() in card.name.lower())
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise DeskcueError(
            f"--{role} {wanted} fits several cards ({_names(meant)}); use the card's id"
        )
    raise DeskcueError(
        f"no card fits --{role} {wanted} (with both directions here: {_names(cards)})"
    )


def _those(cards: Iterable[Card], fits: Callable[[Card], bool]) -> list[Card]:
    return [card for card in cards if fits(card)]


def _names(cards: Iterable[Card]) -> str:
    return ", ".join(card.text for card in cards) or "none"
