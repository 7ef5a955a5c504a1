"""Configuration of a stock Mosquitto 2: TLS, a certificate for everyone, access lists."""

from pathlib import Path
from typing import Final

from firmware_py.contract.topics import CHANNELS, Channel
from firmware_py.fleet.names import prefix

READER: Final = "reader"
"""Login that reads everything and writes nothing: the page, ``status``, the collector."""
OPERATOR: Final = "operator"
"""Login that also writes what desks listen to: a phone system, whoever configures desks."""


def configuration(site: str, port: int, folder: Path) -> str:
    """Text for ``/etc/mosquitto/conf.d``; ``folder`` is where the broker finds the other files."""
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
{_login(READER, site)}
{_login(OPERATOR, site)}{told}"""


def _line(word: str, root: str, channel: Channel) -> str:
    return f"{word} {'write' if channel.sent else 'read'} {prefix(root)}/{_path(channel)}\n"


def _path(channel: Channel) -> str:
    return channel.path.format(kind="+")


def _login(name: str, site: str) -> str:
    # The patterns above hold for logins, too; the denial keeps them from topics of their own name.
    return f"user {name}\ntopic deny {prefix(name)}/#\ntopic read {prefix(site)}/#\n"
