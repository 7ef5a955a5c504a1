"""Who gets a certificate: the rules of the enrolment service, without its network.

======================================  ==========================================================
a token                                 is answered
======================================  ==========================================================
for the first time, in its time         with a certificate; from now on it belongs to that key
again, with the same key                with the same certificate: a desk may lose power halfway
again, with another key                 not: one of the two is a thief; the ledger keeps it as
                                        disputed, and IT revokes the desk and enrols it anew
after its time                          not
replaced by a newer one, or withdrawn   not
======================================  ==========================================================
"""

import datetime
import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.enrolment.ledger import Certificate, Ledger, Token, token_hash
from firmware_py.fleet.sites.certificates import Authority, key_hash, requested_key

DESK_DAYS: Final = 365
"""How long a desk's certificate lasts; it renews after two thirds."""

_log = logging.getLogger(__name__)


class RefusedError(DeskcueError):
    """A desk gets no certificate; ``str(error)`` is for the desk's journal."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A site's ledger, and what signs."""

    folder: Path
    authority: Authority
    days: int = DESK_DAYS

    def enrol(self, token: str, request: bytes) -> bytes:
        """Give the certificate (PEM) for a token; ``request`` is PKCS 10, PEM.

        Raises:
            RefusedError: see above.
            DeskcueError: it is no request, or the ledger cannot be used.
        """
        key = requested_key(request)
        with self._ledger() as ledger:
            given = ledger.token(token)
            if given is None:
                raise RefusedError("this token is unknown here; enrol the desk anew")
            refusal = self._refusal(given, key_hash(key))
            if not refusal:
                ledger.use(token, key_hash(key))
                return self._certificate(ledger, given.desk, key, given.key is not None)
            if given.key not in (None, key_hash(key)):
                ledger.dispute(token, self._now)
        _log.warning("refused %s, token %.8s…: %s", given.desk, token_hash(token), refusal)
        raise RefusedError(refusal)

    def renew(self, serial: int, request: bytes) -> bytes:
        """Give the next certificate (PEM) to a desk that has shown the one of that serial number.

        Raises:
            RefusedError: that one is unknown or revoked.
            DeskcueError: it is no request, or the ledger cannot be used.
        """
        key = requested_key(request)
        with self._ledger() as ledger:
            shown = ledger.certificate(serial)
            if shown is None:
                raise RefusedError("this certificate is not in the ledger; enrol the desk anew")
            if shown.revoked is not None:
                raise RefusedError("this certificate is revoked; enrol the desk anew")
            last = ledger.latest(shown.desk, key_hash(key))
            again = last is not None and last.revoked is None and last.ends > shown.ends
            return self._certificate(ledger, shown.desk, key, again)

    def _refusal(self, given: Token, key: str) -> str:
        """Why a token is not taken; empty: it is."""
        if given.void is not None:
            return "this token was replaced or withdrawn; enrol the desk anew"
        if given.key == key:
            return ""
        if given.key is not None:
            return "another device has used this token: revoke the desk, and enrol it anew"
        if given.expires < self._now:
            return "this token is too old; enrol the desk anew"
        return ""

    def _certificate(
        self, ledger: Ledger, desk: str, key: ec.EllipticCurvePublicKey, again: bool
    ) -> bytes:
        """Find the certificate that the key has already, or make one and keep it."""
        before = ledger.latest(desk, key_hash(key)) if again else None
        if before and before.revoked is not None:
            raise RefusedError("this desk was revoked; enrol it anew")
        if before:
            return before.pem
        made = self.authority.sign_key(desk, key, self.days)
        ledger.keep(entry(desk, made))
        _log.info("%s has a certificate for %d days", desk, self.days)
        return made

    @property
    def _now(self) -> float:
        return self.authority.now().timestamp()

    @contextmanager
    def _ledger(self) -> Iterator[Ledger]:
        with closing(Ledger(self.folder)) as ledger, ledger.change():
            yield ledger


def entry(desk: str, pem: bytes) -> Certificate:
    """Make what the ledger keeps of a certificate."""
    read = x509.load_pem_x509_certificate(pem)
    key = read.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return Certificate(
        read.serial_number,
        desk,
        key_hash(key),
        pem,
        _seconds(read.not_valid_before_utc),
        _seconds(read.not_valid_after_utc),
    )


def _seconds(moment: datetime.datetime) -> float:
    return moment.timestamp()
