"""What the server's side makes of desks' messages for those who may not see a single agent's."""

from typing import Final

from firmware_py.contract.topics import MAJOR, ROOT, Channel

CONDITION: Final = Channel(
    "condition",
    "condition",
    "condition",
    sent=False,
    qos=1,
    retain=True,
    what="What of a desk's health tells nothing of its agent",
)
"""Below a desk's root."""
COUNTS: Final = Channel(
    "counts",
    "counts",
    "counts",
    sent=False,
    qos=1,
    retain=True,
    what="What the floor's desks found, by hour and clause",
)
"""Below a floor."""
DIGESTS: Final = {
    f"{ROOT}/{CONDITION.path}": CONDITION,
    f"deskcue/v{MAJOR}/{{site}}/{{floor}}/{COUNTS.path}": COUNTS,
}
"""Topic -> what is on it. Desks neither send nor hear these."""
