"""Give the server's side and the desk messages that are not as the contract says.

    python -m lab.malformed --messages 100000 --record

Each is made, by a seed, from a good one: bytes turned, cut, put in; keys taken away or given
another value; other messages' payloads; noise. Some are good by chance; nobody knows beforehand.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from paho.mqtt.client import Client, MQTTMessage

from firmware_py.contract.configuration import ConfigReported
from firmware_py.contract.contest import ContestReason, contest
from firmware_py.contract.payloads import DeskState, State, to_json, utc
from firmware_py.contract.topics import (
    CALL,
    CONFIG_DESIRED,
    CONFIG_REPORTED,
    CONTEST,
    EVENT,
    HEALTH,
    STATE,
    Channel,
    topic,
)
from firmware_py.core.types import Cue, Finding
from firmware_py.fleet.broker.reading import Message, read
from firmware_py.fleet.collect.sorting import sort
from firmware_py.fleet.status.roll_call import RollCall
from firmware_py.fleet.storage.store import Store
from firmware_py.outbox.event import Stamp, to_event
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Config, Desk
from firmware_py.settings.config import Outbox as OutboxSettings
from firmware_py.uplink.command_subscriber import CommandSubscriber
from firmware_py.uplink.faults import Machine
from firmware_py.uplink.site_configuration import SiteConfiguration
from lab.mutation import mutated
from lab.results import Result, at_most, record
from lab.results.terminal import show

DESK: Final = Desk("lab", "1", "1-1")
_QUESTION: Final = "fleet"
_BATCH: Final = 1000
_STAMP: Final = Stamp(DESK, "10086", 1, "ab" * 32, None, 1_700_000_000.0)
_FOUND: Final = to_event(Finding("F5", "F5", "phrase", 12.0, 10.5, 11.8, Cue.RED, -0.2), _STAMP)
_HEALTH: Final = {
    "at": utc(0),
    "version": "1",
    "ear": {"rulebook": "10086"},
    "outbox": {"pending": 1},
}
_DESIRED: Final = {"version": 1, "sha256": "0" * 64, "settings": {"light.brightness": 0.5}}
_REPORTED: Final = ConfigReported(0, "0" * 64, utc(0), None, ())
_CONTEST: Final = contest(DESK, _FOUND["id"], ContestReason.OTHER, 0.0, clock_set=True)
GOOD: Final[tuple[tuple[Channel, bytes], ...]] = (
    (EVENT, json.dumps(_FOUND).encode()),
    (CONTEST, json.dumps(_CONTEST).encode()),
    (STATE, to_json(State(DeskState.READY, (), utc(0))).encode()),
    (HEALTH, json.dumps(_HEALTH).encode()),
    (CONFIG_REPORTED, to_json(_REPORTED).encode()),
)
COMMANDS: Final[tuple[tuple[Channel, bytes], ...]] = (
    (CALL, b"start complaint"),
    (CONFIG_DESIRED, json.dumps(_DESIRED).encode()),
)


def malformed(
    draw: random.Random, good: tuple[tuple[Channel, bytes], ...]
) -> Iterator[tuple[str, bytes]]:
    """Topics and payloads for ever, each made from a good one."""
    while True:
        channel, payload = draw.choice(good)
        for _ in range(draw.randint(1, 3)):
            payload = mutated(draw, payload)
        where = draw.choice(good)[0] if draw.random() < 0.05 else channel
        yield topic(DESK, where, "phrase"), payload[:65_000]


@dataclass(frozen=True, slots=True)
class Given:
    """What became of messages."""

    messages: int
    taken: int
    """Good by chance."""
    refused: int
    still_serves: bool
    """Whether a good message is taken afterwards."""

    @property
    def uncounted(self) -> int:
        """Messages of which nobody knows what became."""
        return self.messages - self.taken - self.refused


def to_desk(folder: Path, count: int, seed: int) -> Given:
    """Give messages to a desk's command subscriber."""
    config = replace(Config(desk=DESK), outbox=OutboxSettings(folder / "outbox.db"))
    sent: list[object] = []
    with closing(Outbox(config.outbox.path)) as outbox:
        site = SiteConfiguration(config, outbox, Machine(), lambda _line: None)

        def desired(payload: bytes) -> bool:
            good = site.take(payload)
            sent.extend([payload] * good)
            return good

        desk = CommandSubscriber(DESK, sent.append, desired, lambda _line: None)
        client = _NoBroker()
        desk.subscribe(cast(Client, client))
        source = malformed(random.Random(seed), COMMANDS)
        for _ in range(count):
            client.deliver(*next(source))
        refused, taken = desk.refused, len(sent)
        client.deliver(topic(DESK, CALL), b"end")
        return Given(count, taken, refused, len(sent) == taken + 1)


class _NoBroker:
    """Delivers to callbacks as paho does."""

    def __init__(self) -> None:
        self._callbacks: dict[str, Callable[..., object]] = {}

    def message_callback_add(self, where: str, callback: Callable[..., object]) -> None:
        """Note who takes a topic."""
        self._callbacks[where] = callback

    def subscribe(self, _topics: object) -> None:
        """Nothing to ask."""

    def deliver(self, where: str, payload: bytes) -> None:
        """Give a message to whoever takes its topic."""
        message = MQTTMessage(topic=where.encode())
        message.payload = payload
        self._callbacks[where](self, None, message)


def to_collector(url: str, count: int, seed: int) -> Given:
    """Give messages to the collector, in batches as they come from the broker."""
    source = malformed(random.Random(seed), GOOD[:2])
    with closing(Store(url, lambda: datetime.now(UTC))) as store:
        taken = refused = 0
        for begin in range(0, count, _BATCH):
            batch = [next(source) for _ in range(min(_BATCH, count - begin))]
            good, bad = sort(batch)
            store.add(good, bad)
            taken, refused = taken + len(good), refused + len(bad)
        before = store.counts()[0]
        store.add([_good_event(count)])
        return Given(count, taken, refused, store.counts()[0] == before + 1)


def _good_event(number: int) -> Message:
    finding = Finding("F5", "F5", "phrase", 1e6 + number, 10.5, 11.8, Cue.RED, -0.2)
    return read(topic(DESK, EVENT, "phrase"), json.dumps(to_event(finding, _STAMP)).encode())


def to_roll_call(count: int, seed: int) -> Given:
    """Give messages to whoever asks how desks are."""
    source, roll = malformed(random.Random(seed), GOOD[2:]), RollCall()
    taken = 0
    for _ in range(count):
        before, (where, payload) = roll.desks.get(DESK), next(source)
        roll.take(where, payload)
        taken += roll.desks.get(DESK) is not before or not payload  # none deletes a retained one
    refused = roll.reader.malformed
    roll.take(topic(DESK, STATE), GOOD[2][1])
    serves = roll.reader.malformed == refused and roll.desks[DESK].state is DeskState.READY
    return Given(count, taken, refused, serves)


def measure(count: int, seed: int) -> list[Result]:
    """Give as many to each; any error ends it."""
    with tempfile.TemporaryDirectory(prefix="deskcue-") as name:
        folder = Path(name)
        given = {
            "desk": to_desk(folder, count, seed),
            "collector": to_collector(f"sqlite:///{folder}/events.db", count, seed),
            "roll_call": to_roll_call(count, seed),
        }
    return [
        Result(
            id=f"fleet.malformed.{name}",
            question=_QUESTION,
            title=f"Malformed messages that {_WHO[name]} did not count, or did not survive",
            value=one.uncounted if one.still_serves else count,
            n=count,
            of="messages",
            target=at_most(0),
            conditions=f"made from good ones, seed {seed}",
            remarks=f"{one.refused} refused and counted, {one.taken} good by chance",
        )
        for name, one in given.items()
    ]


_WHO: Final = {"desk": "a desk", "collector": "the collector", "roll_call": "the roll call"}


def main() -> int:
    """Measure, show, perhaps record."""
    parser = argparse.ArgumentParser(prog="python -m lab.malformed", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000, help="for each (10000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true", help="keep the figures in lab/results")
    args = parser.parse_args()
    results = measure(args.messages, args.seed)
    show(results)
    if args.record:
        command = f"python -m lab.malformed --messages {args.messages} --seed {args.seed}"
        record("malformed", command, results, model="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
