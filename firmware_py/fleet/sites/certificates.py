"""The site's own certificate authority: X.509 with P-256 keys, made with ``cryptography``."""

import datetime
import hashlib
import ipaddress
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.names import LONGEST, check_host

AUTHORITY_DAYS: Final = 20 * 365
CERTIFICATE_DAYS: Final = 5 * 365
_SLACK: Final = datetime.timedelta(days=1)
"""How far behind a desk's clock may be on the day its certificate is made."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, both PEM."""

    certificate: bytes
    key: bytes


def _utc() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def new_key() -> ec.EllipticCurvePrivateKey:
    """Make a P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """PKCS 8 without a password; the file's mode guards it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class Authority:
    """Signs what the site's broker and clients show each other."""

    def __init__(self, pair: Pair, now: Callable[[], datetime.datetime] = _utc) -> None:
        """Take the authority's certificate and key, and what tells the time.

        Raises:
            DeskcueError: they are not what they should be.
        """
        try:
            self._certificate = x509.load_pem_x509_certificate(pair.certificate)
            key = load_pem_private_key(pair.key, None)
        except (ValueError, TypeError) as error:
            raise DeskcueError(f"the site's authority cannot be read: {error}") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise DeskcueError("the site's authority has another sort of key than init makes")
        if key.public_key() != self._certificate.public_key():
            raise DeskcueError("the site's ca.pem and private/ca.key do not belong together")
        self._key = key
        self.now = now

    @property
    def pem(self) -> bytes:
        """Its certificate."""
        return self._certificate.public_bytes(Encoding.PEM)

    def server(self, hosts: Sequence[str]) -> Pair:
        """Make what the broker shows; ``hosts`` are the names and addresses that it answers to."""
        names = x509.SubjectAlternativeName([_host(one) for one in hosts])
        key = new_key()
        made = self._sign(
            hosts[0][:LONGEST], key.public_key(), ExtendedKeyUsageOID.SERVER_AUTH, names
        )
        return Pair(made, key_pem(key))

    def client(self, name: str) -> Pair:
        """Make what a login shows, key included."""
        key = new_key()
        return Pair(self.sign_key(name, key.public_key()), key_pem(key))

    def sign_request(self, name: str, request: bytes) -> bytes:
        """Sign the key of a request (PKCS 10, PEM); whatever name the request says is passed over.

        Raises:
            DeskcueError: it is no request, or not by whoever has its key.
        """
        return self.sign_key(name, requested_key(request))

    def sign_key(
        self, name: str, key: ec.EllipticCurvePublicKey, days: int = CERTIFICATE_DAYS
    ) -> bytes:
        """Make the certificate of a client."""
        return self._sign(name, key, ExtendedKeyUsageOID.CLIENT_AUTH, days=days)

    def revocations(self, revoked: Iterable[tuple[int, datetime.datetime]]) -> bytes:
        """Make the list of revoked certificates (CRL, PEM): their serial numbers, and since when.

        It is good for as long as the authority: a broker whose list has run out lets nobody in.
        """
        made = x509.CertificateRevocationListBuilder().issuer_name(self._certificate.subject)
        made = made.last_update(self.now())
        made = made.next_update(self._certificate.not_valid_after_utc)
        for serial, since in revoked:
            one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
            made = made.add_revoked_certificate(one.build())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        number = x509.CRLNumber(int(self.now().timestamp()))
        for extension in (issuer, number):
            made = made.add_extension(extension, critical=False)
        return made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def _sign(
        self,
        name: str,
        key: ec.EllipticCurvePublicKey,
        usage: x509.ObjectIdentifier,
        *more: x509.ExtensionType,
        days: int = CERTIFICATE_DAYS,
    ) -> bytes:
        made = _unsigned(name, self._certificate.subject, key, days, self.now()).add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        )
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        for extension in (x509.ExtendedKeyUsage([usage]), issuer, *more):
            made = made.add_extension(extension, critical=False)
        return made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)


def requested_key(request: bytes) -> ec.EllipticCurvePublicKey:
    """Read the key of a request (PKCS 10, PEM).

    Raises:
        DeskcueError: it is no request, or not by whoever has its key.
    """
    try:
        read = x509.load_pem_x509_csr(request)
        key, own = read.public_key(), read.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise DeskcueError("this is no certificate request in PEM that can be read") from None
    if not own:
        raise DeskcueError("the request is not signed with its own key")
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise DeskcueError("the request's key is no elliptic curve; make it with P-256")
    return key


def key_hash(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of a public key (SubjectPublicKeyInfo), by which it is known again."""
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(key.public_bytes(*form)).hexdigest()


def new_authority(site: str) -> tuple[Authority, Pair]:
    """Make an authority, signed by itself."""
    key = new_key()
    called = f"DeskCue {site}".encode()[:LONGEST].decode(errors="ignore")
    name = _name(called)
    made = _unsigned(called, name, key.public_key(), AUTHORITY_DAYS, _utc())
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = made.add_extension(_may_sign(), critical=True)
    made = made.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    signed = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    pair = Pair(signed, key_pem(key))
    return Authority(pair), pair


def _unsigned(
    name: str,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    days: int,
    now: datetime.datetime,
) -> x509.CertificateBuilder:
    begin = now - _SLACK
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=days))
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(check_host(host))


def _may_sign() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
