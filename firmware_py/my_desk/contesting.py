"""The agent's word against an event: an event of its own, which goes where that one went."""

from firmware_py.contract.contest import KIND, ContestReason, contest
from firmware_py.core.errors import DeskcueError
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Desk


def contest_event(
    outbox: Outbox, desk: Desk, event: str, reason: ContestReason, now: float, *, clock_set: bool
) -> None:
    """Keep the agent's word, to be sent; against what never left it stays here, too.

    Against what has left it waits while light only is on: it would be worth nothing here.

    Args:
        outbox: where the event is.
        desk: whose it is.
        event: id of a finding.
        reason: why.
        now: seconds since the epoch.
        clock_set: whether that can be believed.

    Raises:
        DeskcueError: there is no such finding, it was contested before, or the disk is full.
    """
    found = [row for row in outbox.find("id", event) if "rule" in row.event["data"]]
    if not found:
        raise DeskcueError(f"there is no finding {event!r} on this desk")
    if any(row.event["data"]["kind"] == KIND for row in outbox.find("subject", event)):
        raise DeskcueError(f"{event} is contested already; what was said stays")
    said = contest(desk, event, reason, now, clock_set=clock_set)
    outbox.append(said, private=found[0].private)
