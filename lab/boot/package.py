"""A first installation from a Debian package, and its end: nothing is left."""

from typing import Final

from lab.boot.container import UNITS, Container, soon
from lab.boot.lab import Lab

PACKAGE: Final = "/srv/deskcue.deb"
_WHOLE: Final = "/opt/deskcue/current/whole"
_NEWER: Final = "9.0.0"
_LEFT: Final = "/etc /opt/deskcue /usr/local /usr/lib/deskcue /var/lib/deskcue"
_BARE: Final = (
    "/src/scripts/install --uninstall && rm -rf /etc/deskcue && find /var/lib/deskcue -mindepth 1"
    " -delete"
)


def package(lab: Lab) -> None:
    """Install, install again, remove and purge, in memory that is laid over the root."""
    check = lab.report.check
    with lab.desk(overlay=True) as desk:
        desk.run("sh", "-c", _BARE)
        check("before there is nothing of deskcue", not _left(desk))
        check("the package can be installed", not desk.fails("dpkg", "--install", PACKAGE))
        _installed(lab, desk)
        desk.run("sh", "-c", f"echo {_NEWER} >{_WHOLE}")
        said = desk.run("dpkg", "--install", PACKAGE, check=False)
        check("a newer version that an update brought stays in force", f"{_NEWER}, which" in said)
        check("it can be removed", not desk.fails("dpkg", "--remove", "deskcue"))
        check("no service runs then", not any(map(desk.is_active, UNITS)))
        settings = ("test", "-s", "/etc/deskcue/deskcue.toml")
        check("the settings stay", not desk.fails(*settings))
        check("it can be purged", not desk.fails("dpkg", "--purge", "deskcue"))
        left = _left(desk)
        check(f"and nothing is left {left}".rstrip(), not left)


def _installed(lab: Lab, desk: Container) -> None:
    check = lab.report.check
    packaged = desk.run("dpkg-query", "--show", "--showformat=${Version}", "deskcue")
    version = desk.run("deskcue", "--version", check=False).split()[-1:]
    check(f"its version {packaged} is in force", version == [packaged])
    check("the services run", soon(lambda: all(map(desk.is_active, UNITS)), 60.0) is not None)
    enabled = desk.run("systemctl", "is-enabled", *UNITS, "deskcue.target", check=False)
    check("and will after the next boot", enabled.split() == ["enabled"] * 3)
    heard = desk.run("deskcue", "replay", "--json", "/src/firmware_py/demo/call.ogg", check=False)
    check("it hears the bundled call", '"F5"' in heard)


def _left(desk: Container) -> str:
    """Files and links of deskcue that lie in the system, one line."""
    find = f"find {_LEFT} ! -type d -path '*deskcue*' 2>/dev/null"
    return " ".join(desk.run("sh", "-c", find, check=False).split())
