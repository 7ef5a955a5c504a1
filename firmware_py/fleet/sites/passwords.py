"""Mosquitto's password file, for those who come in by a browser: PBKDF2 with SHA-512."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Final

_ROUNDS: Final = 101
"""As ``mosquitto_passwd`` does; passwords are random, so more would only keep the broker busy."""
_SALT: Final = 12
_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without what looks alike: a person may have to type it. 32 letters, 5 bits each."""
_LENGTH: Final = 24


def new_password() -> str:
    """Make a random one of 120 bits, in groups of six."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(letters[at : at + 6] for at in range(0, _LENGTH, 6))


def password_file(passwords: Mapping[str, str]) -> str:
    """Text of the file: a line for each user."""
    return "".join(f"{user}:{_hashed(password)}\n" for user, password in passwords.items())


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(_SALT)
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${_text(salt)}${_text(made)}"


def _text(part: bytes) -> str:
    return base64.b64encode(part).decode("ascii")
