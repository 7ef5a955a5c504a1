"""Names that nobody has given yet: two desks that keep them are one to the broker."""

from dataclasses import fields

from firmware_py.settings.config import Desk


def factory_names(desk: Desk) -> str:
    """What is wrong with the desk's names, one line; empty if each was given."""
    left = [one.name for one in fields(desk) if getattr(desk, one.name) == one.default]
    if not left:
        return ""
    return (
        f"{', '.join(left)} under [desk] in deskcue.toml still {_has(left)} factory name:"
        " desks with the same names throw each other out at the broker; name this one"
    )


def _has(left: list[str]) -> str:
    return "has its" if len(left) == 1 else "have their"
