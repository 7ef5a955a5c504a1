"""The catalogue of what agents and supervisors read, Chinese first (``messages.toml``)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Key, as ``section.key`` -> language -> text with ``{…}`` to be filled in."""
    data = resources.files("firmware_py.core").joinpath("messages.toml").read_text("utf-8")
    return {
        f"{section}.{key}": texts
        for section, messages in tomllib.loads(data).items()
        for key, texts in messages.items()
    }


def message(key: str, language: str = "zh", **values: object) -> str:
    """Text of the catalogue in ``zh`` or ``en``, filled in.

    Raises:
        KeyError: the catalogue has no such key or language, or a value is missing.
    """
    return catalogue()[key][language].format(**values)
