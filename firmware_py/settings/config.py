"""The device's own settings, ``/etc/deskcue/deskcue.toml``: who it is and what it is wired to.

What the device listens for is no setting: that is the rulebook.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

DRAIN_PER_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Desk:
    """Where this device stands; the names become MQTT topic levels."""

    site: str = "site"
    floor: str = "floor"
    desk: str = "desk"


@dataclass(frozen=True, slots=True)
class Broker:
    """The MQTT broker that ``deskcue uplink`` sends to."""

    host: str = "localhost"
    port: int = 1883
    tls: bool | None = None
    """Whether to encrypt; None: at port 8883, or where a certificate is named."""
    username: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    keepalive_s: int = 60
    drain_per_s: float = DRAIN_PER_S
    """Events a second that wait on the desk and are sent once it is back; the first 20 at once."""


@dataclass(frozen=True, slots=True)
class Light:
    """The desk LED's wiring (BCM numbers): three pins for RGB, one for a single LED, none."""

    pins: tuple[int, ...] = (17, 27, 22)
    brightness: float = 0.6
    """Largest duty cycle, 0 to 1."""
    active_high: bool = True


class Listen(StrEnum):
    """When phrases are searched."""

    CALLS = "calls"
    """While a call is on, signalled or inferred from the caller's line."""
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Tap:
    """The sound device that carries both directions."""

    device: str = ""
    """Part of the device's name; empty takes the default input."""
    block_samples: int = 1920
    """Samples per Block (120 ms); the device joins some while nothing is urgent. Shorter ones cost
    more CPU, longer ones let cues come later."""
    swap: bool = False
    """Whether the caller is left and the agent right."""
    listen: Listen = Listen.CALLS


@dataclass(frozen=True, slots=True)
class Hearing:
    """How the agent is heard."""

    adapt: bool = True
    """Whether the phone model's hearing is fitted to the agent's voice and microphone."""


class RelayMode(StrEnum):
    """How the device lies in the call's path."""

    TAP = "tap"
    """Beside it: a passive tap on the headset's cord; no relay runs."""
    CARDS = "cards"
    """In it: between the headset's sound card and a second one at the computer."""
    GADGET = "gadget"
    """In it: the device shows itself to the computer as a USB headset."""
    LAB = "lab"
    """Two loopback cards of the kernel stand in for headset and computer."""


@dataclass(frozen=True, slots=True)
class Relay:
    """How sound passes; ``deskcue setup audio`` makes configuration from it."""

    mode: RelayMode = RelayMode.TAP
    headset: str = ""
    """Which card the headset is: its id, USB id or part of its name; empty finds it."""
    computer: str = ""
    """Which card the computer is at; likewise."""
    quantum: int = 128
    """Samples that PipeWire handles at once, at 48 kHz."""
    bypass_gpio: int | None = None
    """Pin (BCM number) that pulses while sound is passed, so that the bypass relay holds; None: no
    such relay is wired."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """The events' shelf on disk, between ear and post."""

    path: Path = Path("/var/lib/deskcue/outbox.db")
    max_events: int = 100_000


@dataclass(frozen=True, slots=True)
class RuleTuning:
    """What a site changes in whichever rulebook is in force, without a rulebook of its own."""

    stricter_by: float = 0.0
    """Added to every phrase's threshold: above 0, fewer false alarms and more misses."""
    least_gap_s: float | None = None
    """Seconds between two cues; None: as the rulebook says."""


@dataclass(frozen=True, slots=True)
class NearMisses:
    """A log of what almost was a phrase, to tune thresholds with: id, score and time alone."""

    enabled: bool = False
    path: Path = Path("/var/lib/deskcue/near-misses.jsonl")
    max_lines: int = 10_000
    """Lines in the file before older ones are dropped."""


class LightOnly(StrEnum):
    """Whether the desk may keep what it finds to itself: its light shines, and nothing is sent."""

    OFF = "off"
    GRANTED = "granted"
    """The agent may choose it, with ``deskcue my-desk``."""
    ON = "on"


@dataclass(frozen=True, slots=True)
class Privacy:
    """What of the agent's day leaves the desk."""

    light_only: LightOnly = LightOnly.OFF


@dataclass(frozen=True, slots=True)
class Packs:
    """What the site publishes, which ``deskcue fetch`` looks for."""

    url: str = ""
    """Of the folder that ``deskcue fleet publish`` makes; empty: nothing is fetched."""
    root: Path = Path("/etc/deskcue/packs.root.json")
    """What is trusted to begin with; later ones are fetched."""
    path: Path = Path("/var/lib/deskcue-packs")
    """Where it is kept."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything in ``deskcue.toml``; every table and key may be left out."""

    desk: Desk = field(default_factory=Desk)
    broker: Broker = field(default_factory=Broker)
    light: Light = field(default_factory=Light)
    tap: Tap = field(default_factory=Tap)
    hearing: Hearing = field(default_factory=Hearing)
    relay: Relay = field(default_factory=Relay)
    outbox: Outbox = field(default_factory=Outbox)
    rules: RuleTuning = field(default_factory=RuleTuning)
    near_misses: NearMisses = field(default_factory=NearMisses)
    packs: Packs = field(default_factory=Packs)
    privacy: Privacy = field(default_factory=Privacy)
    rulebook: str = "10086"
    """Name of a bundled rulebook, or the path of a site's own."""
    model: Path | None = None
    """The phone model; None takes the one that came with the package."""
