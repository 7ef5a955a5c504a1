"""The desk's key, its request, and what a certificate must be to be believed."""

import datetime
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from firmware_py.core.errors import DeskcueError


def new_key() -> bytes:
    """Make a P-256 key, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def request(key: bytes) -> bytes:
    """Make the request (PKCS 10, PEM) for a key; the name in it says nothing.

    Raises:
        DeskcueError: the key cannot be read.
    """
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "desk")])
    made = x509.CertificateSigningRequestBuilder().subject_name(name)
    return made.sign(_key(key), hashes.SHA256()).public_bytes(Encoding.PEM)


def same_key(one: bytes, other: bytes) -> bool:
    """Whether two PEM texts hold the same key.

    Raises:
        DeskcueError: one cannot be read.
    """
    return _key(one).public_key() == _key(other).public_key()


@dataclass(frozen=True, slots=True)
class Validity:
    """When a certificate is good; seconds since the epoch."""

    begins: float
    ends: float

    def is_due(self, now: float) -> bool:
        """Whether two thirds of its time are over, so that it should be renewed."""
        return now > self.begins + (self.ends - self.begins) * 2 / 3


def validity(certificate: bytes) -> Validity:
    """Read when a certificate is good.

    Raises:
        DeskcueError: it cannot be read.
    """
    read = _certificate(certificate)
    return Validity(_seconds(read.not_valid_before_utc), _seconds(read.not_valid_after_utc))


def check(certificate: bytes, key: bytes, authority: bytes, desk: str) -> None:
    """See whether a certificate is this desk's.

    Raises:
        DeskcueError: it is for another key or name, or not by the site's authority.
    """
    read, by = _certificate(certificate), _certificate(authority)
    try:
        read.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        raise DeskcueError("the certificate that came is not by this site's authority") from None
    if read.public_key() != _key(key).public_key():
        raise DeskcueError("the certificate that came is for another key")
    names = [one.value for one in read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [desk]:
        raise DeskcueError(f"the certificate that came is for {names}, this is {desk}")


def _certificate(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise DeskcueError("a certificate cannot be read; it is no PEM") from None


def _key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise DeskcueError("the desk's key cannot be read; remove the file and enrol anew")
    return key


def _seconds(moment: datetime.datetime) -> float:
    return moment.timestamp()
