"""The site's ledger of tokens and desks' certificates: ``enrolment.db`` in its folder, SQLite.

A token is kept as its SHA-256 only: whoever reads the ledger cannot enrol with it.
"""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError

FILE: Final = "enrolment.db"
_BUSY_S: Final = 20.0
_VERSION: Final = 1
_TABLES: Final = f"""
CREATE TABLE IF NOT EXISTS tokens (
    hash TEXT PRIMARY KEY, desk TEXT NOT NULL, made REAL NOT NULL, expires REAL NOT NULL,
    key TEXT, disputed REAL, void REAL);
CREATE INDEX IF NOT EXISTS tokens_of_desk ON tokens (desk);
CREATE TABLE IF NOT EXISTS certificates (
    serial TEXT PRIMARY KEY, desk TEXT NOT NULL, key TEXT NOT NULL, pem BLOB NOT NULL,
    made REAL NOT NULL, ends REAL NOT NULL, revoked REAL);
CREATE INDEX IF NOT EXISTS certificates_of_desk ON certificates (desk);
CREATE INDEX IF NOT EXISTS certificates_of_key ON certificates (key);
PRAGMA user_version = {_VERSION};
"""


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was given out; times are seconds since the epoch."""

    desk: str
    """``SITE/FLOOR/DESK``."""
    expires: float
    key: str | None
    """Hash of the key that it was used with; None: not used yet."""
    disputed: float | None
    """When somebody with another key wanted to use it, too."""
    void: float | None
    """Since when it is replaced or withdrawn."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A desk's certificate; times are seconds since the epoch."""

    serial: int
    desk: str
    key: str
    pem: bytes
    made: float
    ends: float
    revoked: float | None = None


def token_hash(token: str) -> str:
    """Form in which a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


class Ledger:
    """The ledger, open; not shared between threads."""

    def __init__(self, folder: Path) -> None:
        """Open the ledger in a site's folder, and make it if there is none.

        Raises:
            DeskcueError: it cannot be opened, or is a newer version's.
        """
        path = folder / FILE
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = _open(path)
        except (OSError, sqlite3.Error) as error:
            said = reason(path, error) if isinstance(error, OSError) else error
            raise DeskcueError(f"{path} cannot be used ({said})") from None

    def close(self) -> None:
        """Close it."""
        self._db.close()

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """Changes that are kept together, or not at all; nobody else changes anything meanwhile."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def give(self, tokens: Iterable[tuple[str, str]], made: float, expires: float) -> None:
        """Note tokens, each with its desk; former ones that were not used are void."""
        for token, desk in tokens:
            self.withdraw(desk, made)
            row = (token_hash(token), desk, made, expires)
            self._db.execute("INSERT INTO tokens (hash, desk, made, expires) VALUES (?,?,?,?)", row)

    def withdraw(self, desk: str, now: float) -> int:
        """Make void what a desk has not used; how many that were."""
        query = "UPDATE tokens SET void = ? WHERE desk = ? AND key IS NULL AND void IS NULL"
        return self._db.execute(query, (now, desk)).rowcount

    def token(self, token: str) -> Token | None:
        """Find a token."""
        query = "SELECT desk, expires, key, disputed, void FROM tokens WHERE hash = ?"
        row = self._db.execute(query, (token_hash(token),)).fetchone()
        return Token(*row) if row else None

    def use(self, token: str, key: str) -> None:
        """Note the key that a token was used with."""
        query = "UPDATE tokens SET key = ? WHERE hash = ?"
        self._db.execute(query, (key, token_hash(token)))

    def dispute(self, token: str, now: float) -> None:
        """Note that somebody with another key wanted to use a token."""
        query = "UPDATE tokens SET disputed = ? WHERE hash = ?"
        self._db.execute(query, (now, token_hash(token)))

    def keep(self, one: Certificate) -> None:
        """Keep a certificate."""
        row = (f"{one.serial:x}", one.desk, one.key, one.pem, one.made, one.ends, one.revoked)
        self._db.execute("INSERT OR IGNORE INTO certificates VALUES (?,?,?,?,?,?,?)", row)

    def latest(self, desk: str, key: str) -> Certificate | None:
        """Find the certificate of a desk's key that lasts longest; revoked ones count, too."""
        return next(
            self._certificates("desk = ? AND key = ? ORDER BY ends DESC LIMIT 1", desk, key), None
        )

    def certificate(self, serial: int) -> Certificate | None:
        """Find a certificate by its serial number."""
        return next(self._certificates("serial = ?", f"{serial:x}"), None)

    def revoke(self, desk: str, now: float) -> int:
        """Revoke every certificate of a desk; how many that were."""
        query = "UPDATE certificates SET revoked = ? WHERE desk = ? AND revoked IS NULL"
        return self._db.execute(query, (now, desk)).rowcount

    def revoked(self) -> list[Certificate]:
        """Every certificate that was revoked, oldest first."""
        return [*self._certificates("revoked IS NOT NULL ORDER BY revoked, serial")]

    def tokens(self) -> list[Token]:
        """The last token of every desk, by name."""
        query = "SELECT desk, expires, key, disputed, void, max(made) FROM tokens GROUP BY desk"
        return [Token(*row[:-1]) for row in self._db.execute(f"{query} ORDER BY desk")]

    def certificates(self) -> list[Certificate]:
        """Every certificate, the one that ends first at the head."""
        return [*self._certificates("TRUE ORDER BY ends")]

    def _certificates(self, where: str, *values: object) -> Iterator[Certificate]:
        query = (
            f"SELECT serial, desk, key, pem, made, ends, revoked FROM certificates WHERE {where}"
        )
        for serial, *rest in self._db.execute(query, values):
            yield Certificate(int(serial, 16), *rest)


def _open(path: Path) -> sqlite3.Connection:
    """Open it with its tables; it is closed again if anything is wrong with it."""
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise DeskcueError(f"{path} is of a newer deskcue; update this one")
        if version < _VERSION:
            db.executescript(_TABLES)
    except BaseException:
        db.close()
        raise
    return db
