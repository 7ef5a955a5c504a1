"""Writes ``docs/contract.md`` and ``docs/asyncapi.json`` from the contract room.

Run ``python -m lab.contract_docs`` after changing a topic or a schema; a test fails where it was
forgotten.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from firmware_py.contract.digest import DIGESTS
from firmware_py.contract.schemas import schema
from firmware_py.contract.topics import CHANNELS, ROOT, VERSION, Channel

DOCS: Final = Path(__file__).parents[1] / "docs"
_FORMAT: Final = "application/schema+json;version=draft-2020-12"
_SCHEMAS: Final = "../firmware_py/contract"

_HEAD: Final = f"""# What a desk and the broker say to each other

Contract version {VERSION}. Written from `firmware_py/contract` by `python -m lab.contract_docs`;
do not edit it here.
[`asyncapi.json`](asyncapi.json) says the same as AsyncAPI 3. Every topic lies below `{ROOT}`.
Keys and topics may be added within version 1; receivers pass over what they do not know.

"""

_DIGESTS: Final = """
## What `deskcue fleet digest` makes of it

For the floor page, whose login must not see a single agent's events.
Desks neither send nor hear it.

"""


def main() -> None:
    """Write both files."""
    for name, text in documents().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def documents() -> dict[str, str]:
    """Text of each generated file, by its name in ``docs``."""
    api = json.dumps(asyncapi(), indent=2, ensure_ascii=False) + "\n"
    return {"contract.md": markdown(), "asyncapi.json": api}


def markdown() -> str:
    """The tables for people."""
    made = "".join(_payload(one, "#") for one in DIGESTS.values())
    return _HEAD + _topics() + "".join(map(_payload, CHANNELS)) + _digests() + made


def _digests() -> str:
    rows = "".join(
        f"| `{where}` | {one.what} | {one.qos}, {'yes' if one.retain else 'no'} |\n"
        for where, one in DIGESTS.items()
    )
    return f"{_DIGESTS}| topic | what | QoS, retained |\n|---|---|---|\n{rows}"


def _topics() -> str:
    rows = "".join(
        f"| `{one.path}` | {'desk' if one.sent else 'broker'} | {one.what}"
        f"{'' if one.used else ' (not used yet)'} | {one.qos}, {'yes' if one.retain else 'no'} |\n"
        for one in CHANNELS
    )
    return f"| topic | from | what | QoS, retained |\n|---|---|---|---|\n{rows}"


def _payload(channel: Channel, deeper: str = "") -> str:
    body = schema(channel.schema)
    link = f"[`{channel.schema}.schema.json`]({_SCHEMAS}/{channel.schema}.schema.json)"
    head = f"\n##{deeper} `{channel.path}`\n\n{body['title']}. {link}\n"
    if channel.text:
        examples = ", ".join(f"`{one}`" for one in body["examples"])
        return f"{head}\n{body['description']}: {examples}\n"
    # What the kinds of an event have in common stands once.
    rows = "".join(dict.fromkeys(f"| {' | '.join(row)} |\n" for row in _rows(body, body, "")))
    return f"{head}\n| key | type | what |\n|---|---|---|\n{rows}"


def _rows(whole: Mapping[str, Any], part: Mapping[str, Any], above: str) -> Iterator[list[str]]:
    required = part.get("required", ())
    for key, value in part.get("properties", {}).items():
        found = _resolved(whole, value)
        name = f"{above}{key}"
        optional = "" if key in required else ", may be left out"
        yield [f"`{name}`", _type(whole, found) + optional, _what(found)]
        for inner in _inner(whole, found):
            yield from _rows(whole, inner, f"{name}.")


def _resolved(whole: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference inside the schema; what stands beside it stays."""
    if "$ref" not in part:
        return part
    return {**whole["$defs"][part["$ref"].removeprefix("#/$defs/")], **part}


def _inner(whole: Mapping[str, Any], part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Objects within a property: itself, one of several, or what a list holds."""
    listed = part.get("items", {})
    held = [part, *part.get("oneOf", ()), listed, *listed.get("oneOf", ())]
    return [one for one in (_resolved(whole, each) for each in held) if "properties" in one]


def _type(whole: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    if "oneOf" in part:
        kinds = dict.fromkeys(_type(whole, _resolved(whole, one)) for one in part["oneOf"])
        return " or ".join(kinds)
    if "const" in part:
        return f"`{json.dumps(part['const'])}`"
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if "items" in part:
        return f"list of {_type(whole, _resolved(whole, part['items']))}"
    kinds = part.get("type", "any")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def _what(part: Mapping[str, Any]) -> str:
    found = [part, *part.get("oneOf", ())]
    return "; ".join(one["description"] for one in found if "description" in one)


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0.0 document; the application that it describes is the desk."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "DeskCue desk",
            "version": VERSION,
            "description": "What a desk sends to the MQTT broker and listens to there.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {one.name: _channel(one) for one in CHANNELS},
        "operations": {f"{_verb(one)}_{one.name}": _operation(one) for one in CHANNELS},
        "components": {"messages": {one.name: _message(one) for one in CHANNELS}},
    }


def _verb(channel: Channel) -> str:
    return "send" if channel.sent else "receive"


def _channel(channel: Channel) -> dict[str, Any]:
    address = f"{ROOT}/{channel.path}"
    levels = [part[1:-1] for part in address.split("/") if part.startswith("{")]
    return {
        "address": address,
        "description": channel.what + ("" if channel.used else " (not used yet)"),
        "parameters": {level: {"description": f"The {level}'s name"} for level in levels},
        "messages": {channel.name: {"$ref": f"#/components/messages/{channel.name}"}},
    }


def _operation(channel: Channel) -> dict[str, Any]:
    binding: dict[str, Any] = {"qos": channel.qos, "bindingVersion": "0.2.0"}
    return {
        "action": _verb(channel),
        "channel": {"$ref": f"#/channels/{channel.name}"},
        "messages": [{"$ref": f"#/channels/{channel.name}/messages/{channel.name}"}],
        "bindings": {"mqtt": binding | ({"retain": channel.retain} if channel.sent else {})},
    }


def _message(channel: Channel) -> dict[str, Any]:
    where = f"{_SCHEMAS}/{channel.schema}.schema.json"
    return {
        "title": schema(channel.schema)["title"],
        "contentType": "text/plain" if channel.text else "application/json",
        "payload": {"schemaFormat": _FORMAT, "schema": {"$ref": where}},
    }


if __name__ == "__main__":
    main()
