"""The JSON Schemas (draft 2020-12) of what is sent."""

import json
from importlib import resources
from typing import Any


def schema(name: str) -> dict[str, Any]:
    """Read ``NAME.schema.json``."""
    text = (
        resources.files("firmware_py.contract").joinpath(f"{name}.schema.json").read_text("utf-8")
    )
    loaded: dict[str, Any] = json.loads(text)
    return loaded
