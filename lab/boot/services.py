"""The services as they stand after a boot: up, shut in, and small."""

import re
from pathlib import Path
from typing import Final

from lab.boot.container import Container, soon
from lab.boot.lab import EAR, UPLINK, Lab, faults, status, wait_until_it_hears
from lab.results import at_most

BYPASS: Final = "deskcue-bypass"
EXPOSURE: Final = {EAR: 1.5, UPLINK: 2.0, "deskcue-relay": 2.0, "deskcue-relay-policy": 2.0}
_LOCAL: Final = "sockets: 1"
"""AF_UNIX alone."""
_WIRED: Final = """
mkdir -p /run/systemd/system/deskcue-bypass.service.d
sed '/^mode =/a bypass_gpio = 24' /etc/deskcue/deskcue.toml >/run/wired.toml
cat >/run/systemd/system/deskcue-bypass.service.d/lab.conf <<END
[Service]
Environment=GPIOZERO_PIN_FACTORY=deskcue_lab PYTHONPATH=/opt/lab
BindReadOnlyPaths=/run/wired.toml:/etc/deskcue/deskcue.toml
END
systemctl daemon-reload
systemctl start deskcue-bypass
"""
"""Gives the keeper, and nobody else, a desk with a bypass relay until the power goes."""


def look(lab: Lab) -> None:
    """Look at everything that needs no sound."""
    check = lab.report.check
    with lab.desk() as desk:
        check("the relay runs and the ear hears its tap", wait_until_it_hears(desk))
        check("no unit has failed", not desk.run("systemctl", "--failed", "--no-legend").strip())
        check("the ear has its phone model", soon(lambda: status(desk).get("model_sha256")))
        check("the ear says of nothing that it is wrong", soon(lambda: not faults(desk), 40.0))
        _sockets(lab, desk)
        _files(lab, desk)
        _calls(lab, desk)
        _bypass(lab, desk)
        _exposure(lab, desk)


def _sockets(lab: Lab, desk: Container) -> None:
    check = lab.report.check
    check("the ear's only network interface is its own loopback", _alone(desk, EAR))
    opened = any(line.endswith(_LOCAL) for line in desk.journal().splitlines())
    check("no socket but AF_UNIX can be opened by the ear", opened)
    outside = desk.run("/opt/deskcue/venv/bin/python", "/opt/lab/sockets.py").split()
    check("outside its sandbox others can, so that was worth asking", {"1", "2"} <= {*outside})


def _alone(desk: Container, unit: str) -> bool:
    """Whether a unit has a network name space of its own, with nothing in it but a loopback."""
    links = desk.as_service(unit, "ip", "-o", "link").splitlines()
    space, ours = (Path(f"/proc/{pid}/ns/net").readlink() for pid in (desk.pid(unit), "self"))
    return space != ours and len(links) == 1


def _files(lab: Lab, desk: Container) -> None:
    check = lab.report.check
    touch = "/var/lib/deskcue/x"
    check("the ear may write to its directory", not desk.fails("touch", touch, unit=EAR))
    check("and nowhere else", desk.fails("touch", "/etc/x", unit=EAR))
    check("there is a console", not desk.fails("test", "-e", "/dev/console"))
    seen = desk.fails("test", "-e", "/dev/console", unit=UPLINK)
    check("and the uplink does not see it, nor any other device", seen)


def _calls(lab: Lab, desk: Container) -> None:
    start = ("deskcue", "call", "start")
    nobody = ("setpriv", "--reuid", "nobody", "--clear-groups")
    lab.report.check("a call can be signalled", not desk.fails(*start))
    lab.report.check("but not by another user", desk.fails(*nobody, *start))


def _bypass(lab: Lab, desk: Container) -> None:
    """The keeper of a bypass relay: nothing is started without one; with one, it is shut in."""
    check = lab.report.check
    skipped = desk.show(BYPASS, "Result") == "exec-condition"
    never = desk.show(BYPASS, "ExecMainStartTimestampMonotonic") == "0"
    check("without a bypass relay no program is started for it", skipped and never)
    check("with one its keeper runs", not desk.fails("sh", "-euc", _WIRED))
    check("and its only network interface is its own loopback, too", _alone(desk, BYPASS))


def _exposure(lab: Lab, desk: Container) -> None:
    for unit, most in EXPOSURE.items():
        said = desk.run("systemd-analyze", "security", "--no-pager", f"{unit}.service", check=False)
        found = re.search(r"exposure level for \S+: ([\d.]+)", said)
        value = float(found[1]) if found else 10.0
        lab.report.measure(
            f"exposure.{unit.removeprefix('deskcue-')}",
            f"Exposure of {unit} by systemd-analyze security",
            value,
            "of 10",
            at_most(most),
        )
