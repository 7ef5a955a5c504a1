"""Reads the device's settings."""

import re
from pathlib import Path
from typing import Final

from firmware_py.settings.config import Config
from firmware_py.settings.schema import read
from firmware_py.settings.toml_document import Document, parse_toml, read_file

QUANTA: Final = (64, 128, 256, 512, 1024, 2048)
"""Samples that PipeWire may handle at once."""

_LONGEST_NAME: Final = 64
"""Characters of a desk's name: a certificate holds no more (RFC 5280, ub-common-name)."""
_NO_NAME: Final = re.compile(r"[/+#\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""What a topic level may not hold, and that for which a broker may hang up (MQTT 5, 1.5.4)."""


def load_config(path: Path) -> Config:
    """Read ``deskcue.toml``.

    Raises:
        DeskcueError: it cannot be read or has mistakes; one line for each.
    """
    return read_config(parse_toml(read_file(path), str(path)))


def read_config(document: Document) -> Config:
    """Read settings that were parsed.

    Raises:
        ReadingError: they have mistakes; one line for each.
    """
    config = read(document, (), Config)
    if config:
        _check_config(document, config)
    document.check()
    assert config is not None
    return config


def _check_config(document: Document, config: Config) -> None:
    """Note what the types cannot say."""
    for name in ("site", "floor", "desk"):
        level = getattr(config.desk, name)
        if not level.strip() or len(level) > _LONGEST_NAME or _NO_NAME.search(level):
            document.wrong(
                ("desk", name),
                f'"{name}" becomes an MQTT topic level: not empty, without / + # and control'
                f" characters, of at most {_LONGEST_NAME}",
            )
    if not 1 <= config.broker.port <= 65_535:
        document.wrong(("broker", "port"), '"port" must be 1 to 65535')
    if not 1 <= config.broker.keepalive_s <= 65_535:
        document.wrong(("broker", "keepalive_s"), '"keepalive_s" must be 1 to 65535 seconds')
    if not 0.1 <= config.broker.drain_per_s <= 1000:
        document.wrong(("broker", "drain_per_s"), '"drain_per_s" must be 0.1 to 1000 events')
    pins = config.light.pins
    if len(pins) not in (0, 1, 3) or len({*pins}) < len(pins):
        document.wrong(("light", "pins"), '"pins" must be three different pins, one, or none')
    if not all(0 <= pin <= 27 for pin in pins):
        document.wrong(("light", "pins"), '"pins" are BCM numbers, 0 to 27')
    _check_ranges(document, config)


def _check_ranges(document: Document, config: Config) -> None:
    if not 0 < config.light.brightness <= 1:
        document.wrong(("light", "brightness"), '"brightness" must be over 0 and at most 1')
    if not 16 <= config.tap.block_samples <= 16_000:
        document.wrong(("tap", "block_samples"), '"block_samples" must be 16 to 16000')
    if config.relay.quantum not in QUANTA:
        document.wrong(
            ("relay", "quantum"), f'"quantum" must be one of {", ".join(map(str, QUANTA))}'
        )
    if not -1 <= config.rules.stricter_by <= 1:
        document.wrong(("rules", "stricter_by"), '"stricter_by" must be -1 to 1')
    if not 0 <= (config.rules.least_gap_s or 0) <= 3600:
        document.wrong(("rules", "least_gap_s"), '"least_gap_s" must be 0 to 3600 seconds')
    bypass = config.relay.bypass_gpio
    if bypass is not None and not 0 <= bypass <= 27:
        document.wrong(("relay", "bypass_gpio"), '"bypass_gpio" is a BCM number, 0 to 27')
    if bypass in config.light.pins:
        document.wrong(
            ("relay", "bypass_gpio"), f'"bypass_gpio" is {bypass}, which is a pin of the light'
        )
    for table, key in (("outbox", "max_events"), ("near_misses", "max_lines")):
        if getattr(getattr(config, table), key) < 1:
            document.wrong((table, key), f'"{key}" must be 1 or more')
