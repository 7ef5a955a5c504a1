"""A contest: what the agent says against an event of the desk, as an event of its own."""

import uuid
from dataclasses import asdict
from enum import StrEnum
from typing import Any, Final

from firmware_py.contract.payloads import source, utc
from firmware_py.contract.topics import CONTEST
from firmware_py.settings.config import Desk

KIND: Final = CONTEST.path.rpartition("/")[2]
"""Kind of these events."""


class ContestReason(StrEnum):
    """Why an agent contests an event."""

    NOT_SAID = "not-said"
    """These words were not said, or this did not happen."""
    NOT_ME = "not-me"
    """It was somebody else."""
    QUOTED = "quoted"
    """The words were read out, or repeated for the caller."""
    NEEDED = "needed"
    """The call needed it."""
    DEVICE = "device"
    """The line or the device was out of order."""
    OTHER = "other"


def contest(
    desk: Desk, event: str, reason: ContestReason, now: float, *, clock_set: bool
) -> dict[str, Any]:
    """Make the event.

    Args:
        desk: whose event it is.
        event: id of what is contested.
        reason: why.
        now: seconds since the epoch.
        clock_set: whether that can be believed.
    """
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": source(desk),
        "type": "deskcue.contest",
        "subject": event,
        "time": utc(now),
        "datacontenttype": "application/json",
        **({} if clock_set else {"clock": "unset"}),
        "contested": True,
        "contestreason": str(reason),
        "data": {**asdict(desk), "kind": KIND},
    }
