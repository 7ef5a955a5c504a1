"""Where every desk of the ledger stands: waiting, enrolled, too late, in dispute, revoked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from firmware_py.fleet.enrolment.ledger import Certificate, Ledger, Token

WAITS: Final = "waits"
LATE: Final = "token too old"
ENROLLED: Final = "enrolled"
OVERDUE: Final = "did not renew"
"""Its desk should have renewed by now: it is off, or cannot reach the service."""
DISPUTED: Final = "disputed"
REVOKED: Final = "revoked"
ENDED: Final = "certificate ran out"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one desk stands."""

    desk: str
    """``SITE/FLOOR/DESK``."""
    state: str
    until: float | None
    """Until when its token or certificate is good, seconds since the epoch; None: it is not."""


def standings(ledger: Ledger, now: float) -> list[Standing]:
    """Where every desk stands, by name; ``now`` is in seconds since the epoch."""
    tokens = {one.desk: one for one in ledger.tokens()}
    # The one that ends last wins; a good one always does.
    order = sorted(ledger.certificates(), key=lambda one: (one.revoked is None, one.ends))
    held = {one.desk: one for one in order}
    return [*_each(tokens, held, now)]


def _each(tokens: dict[str, Token], held: dict[str, Certificate], now: float) -> Iterator[Standing]:
    for desk in sorted({*tokens, *held}):
        token, certificate = tokens.get(desk), held.get(desk)
        yield Standing(desk, *_state(token, certificate, now))


def _state(
    token: Token | None, certificate: Certificate | None, now: float
) -> tuple[str, float | None]:
    good = certificate is not None and certificate.revoked is None and certificate.ends > now
    if token and token.disputed and good:
        return DISPUTED, None
    if token and token.key is None and token.void is None:
        return (WAITS, token.expires) if token.expires > now else (LATE, None)
    if certificate is None or certificate.revoked is not None:
        return REVOKED, None
    if not good:
        return ENDED, None
    return (OVERDUE if _is_overdue(certificate, now) else ENROLLED), certificate.ends


def _is_overdue(certificate: Certificate, now: float) -> bool:
    """Whether three quarters of its time are over; desks renew after two thirds."""
    return now > certificate.made + (certificate.ends - certificate.made) * 3 / 4
