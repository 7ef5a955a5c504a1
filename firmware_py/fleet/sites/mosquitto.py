"""Configuration of a stock Mosquitto 2: TLS, certificates, the page's passwords, access lists."""

from pathlib import Path
from typing import Final

from firmware_py.contract.digest import CONDITION, COUNTS
from firmware_py.contract.topics import CHANNELS, EVENT, HEALTH, STATE, Channel
from firmware_py.fleet.names import prefix

READER: Final = "reader"
"""Login that reads everything and writes nothing: ``status``, the collector."""
OPERATOR: Final = "operator"
"""Login that also writes what desks listen to: a phone system, whoever configures desks."""
DIGEST: Final = "digest"
"""Login that reads health, and writes what the page may see of it."""
CERTIFIED: Final = (READER, OPERATOR, DIGEST)
"""Logins that show a certificate, as desks do."""
PAGE: Final = "page"
"""A browser's login, by password: how desks are, and counts of floors; no single event."""
SUPERVISOR: Final = "supervisor"
"""A browser's login that also sees single events."""
BROWSERS: Final = (PAGE, SUPERVISOR)
_SEEN: Final = {PAGE: (STATE, CONDITION), SUPERVISOR: (STATE, CONDITION, EVENT)}
"""What of every desk a browser's login reads."""


def configuration(site: str, port: int, folder: Path, page_port: int = 0) -> str:
    """Text for ``/etc/mosquitto/conf.d``.

    Args:
        site: its name.
        port: for everyone with a certificate.
        folder: where the broker finds the other files.
        page_port: for browsers; 0: they cannot come in.
    """
    return _for_certificates(site, port, folder) + (
        _for_browsers(page_port, folder) if page_port else ""
    )


def _for_browsers(port: int, folder: Path) -> str:
    return f"""
# Browsers with the floor page: a WebSocket, a name and a password for each. Mosquitto could serve
# the page, too (http_dir), but offers HTTP/2 and does not speak it (2.0.11): any web server can.
listener {port}
protocol websockets
certfile {folder}/server.pem
keyfile {folder}/server.key
tls_version tlsv1.2
password_file {folder}/passwords
"""


def _for_certificates(site: str, port: int, folder: Path) -> str:
    return f"""# Made by deskcue fleet init for site {site}; for Mosquitto 2.0 and newer.
# Persistence stays as the system's own mosquitto.conf says; on Debian it is on.
per_listener_settings false

listener {port}
cafile {folder}/ca.pem
certfile {folder}/server.pem
keyfile {folder}/server.key
# Certificates that count no longer; deskcue fleet revoke writes it.
crlfile {folder}/crl.pem
# The least that is spoken.
tls_version tlsv1.2

# Nobody comes in without a certificate of the site's; its common name is the user.
require_certificate true
use_identity_as_username true
allow_anonymous false
acl_file {folder}/acl

# A collector that is away for a day must miss nothing.
max_queued_messages 1000000
persistent_client_expiration 14d
autosave_interval 60
max_packet_size 65536
"""


def access_list(site: str) -> str:
    """Text of the access list, from the contract's channels."""
    own = "".join(_line("pattern", "%u", channel) for channel in CHANNELS)
    told = "".join(
        f"topic write {prefix(site)}/+/+/{_path(one)}\n" for one in CHANNELS if not one.sent
    )
    return f"""# Made by deskcue fleet init for site {site}.
# A desk's user is SITE/FLOOR/DESK: it writes and reads below its own topics, and nowhere else.
{own}
{_login(READER)}topic read {prefix(site)}/#

{_login(OPERATOR)}topic read {prefix(site)}/#
{told}
# Health tells how many events a desk has; the page gets a digest that does not.
{_digest(site)}
{"".join(_browser(name, site) for name in BROWSERS)}"""


def _digest(site: str) -> str:
    every = f"{prefix(site)}/+"
    return (
        f"{_login(DIGEST)}topic read {every}/+/{HEALTH.path}\n"
        f"topic write {every}/+/{CONDITION.path}\ntopic write {every}/{COUNTS.path}\n"
    )


def _browser(name: str, site: str) -> str:
    every = f"{prefix(site)}/+"
    seen = "".join(f"topic read {every}/+/{_path(one)}\n" for one in _SEEN[name])
    return f"{_login(name)}{seen}topic read {every}/{COUNTS.path}\n\n"


def _line(word: str, root: str, channel: Channel) -> str:
    return f"{word} {'write' if channel.sent else 'read'} {prefix(root)}/{_path(channel)}\n"


def _path(channel: Channel) -> str:
    return channel.path.format(kind="+")


def _login(name: str) -> str:
    # The patterns above hold for logins, too; the denial keeps them from topics of their own name.
    return f"user {name}\ntopic deny {prefix(name)}/#\n"
