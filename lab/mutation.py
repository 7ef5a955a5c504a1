"""Payloads changed at random, as in mutation-based fuzzing: in their bytes, or in their JSON."""

import json
import random
from collections.abc import Callable
from typing import Any, Final

_NUMBERS: Final[tuple[Any, ...]] = (-1, 0.5, 10**400, 1e308, True)
_TEXTS: Final[tuple[Any, ...]] = ("", "\0", "\ud800", "x" * 70_000, "2026-13-40")
_VALUES: Final[tuple[Any, ...]] = (*_NUMBERS, *_TEXTS, None, [], [[]], {}, {"": {}})
_BYTES: Final = (b"\xff\0", b"[" * 5000, b"{", b'"', b"NaN", b"1e999", b"\\u0000", b"\\ud800", b",")


def mutated(draw: random.Random, payload: bytes) -> bytes:
    """The payload with one change, or noise instead of it; as it was where it has no such part."""
    return draw.choice(_CHANGES)(draw, payload)


def _turn(draw: random.Random, payload: bytes) -> bytes:
    changed = bytearray(payload or b"?")
    changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _cut(draw: random.Random, payload: bytes) -> bytes:
    return payload[: draw.randint(0, len(payload))]


def _put(draw: random.Random, payload: bytes) -> bytes:
    at = draw.randint(0, len(payload))
    return payload[:at] + draw.choice(_BYTES) + payload[at:]


def _noise(draw: random.Random, _payload: bytes) -> bytes:
    return draw.randbytes(draw.randint(0, 200))


def _replace_value(draw: random.Random, payload: bytes) -> bytes:
    return _changed(draw, payload, lambda part, key: part.__setitem__(key, draw.choice(_VALUES)))


def _take_away(draw: random.Random, payload: bytes) -> bytes:
    return _changed(draw, payload, lambda part, key: part.pop(key))


def _changed(
    draw: random.Random, payload: bytes, change: Callable[[dict[str, Any], str], object]
) -> bytes:
    """Change one key somewhere in a JSON object; what is none stays as it is."""
    try:
        whole = json.loads(payload)
    except (ValueError, RecursionError):
        return payload
    part = whole
    while isinstance(part, dict) and part:
        key = draw.choice([*part])
        if not (isinstance(part[key], dict) and part[key] and draw.random() < 0.7):
            change(part, key)
            break
        part = part[key]
    return json.dumps(whole).encode("utf-8", "surrogatepass")


_CHANGES: Final = (_turn, _cut, _put, _replace_value, _take_away, _noise)
