"""The emulated machine: its files, its disk, its ports.

Its time is counted in instructions (QEMU's ``-icount``), not by the host's clock, and it is never
idle (``guest.keep_busy``): a busy host makes it slow, never late. Without that, sound breaks up
because the emulation does.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from firmware_py.relay.configuration import RelayPlan, configuration
from firmware_py.relay.files import plan_files, write_files
from firmware_py.relay.hardware import Card, Port
from firmware_py.relay.roles import choose_roles
from firmware_py.settings.config import RelayMode
from lab.relay_vm.desk import UNITS
from lab.relay_vm.wire import HEARD

ROOT: Final = Path(__file__).parents[2]
NANOSECONDS: Final = 4
"""Of the machine's time for each instruction: 250 million in a second."""
QUANTUM: Final = 2048
_BOTH: Final = Port((2,), (48_000,))
_PROGRAM: Final = (
    *("firmware_py/__init__.py", "firmware_py/audio/__init__.py", "firmware_py/audio/liveness.py"),
    *("firmware_py/relay/__init__.py", "firmware_py/relay/progress.py"),
    *("firmware_py/relay/hardware.py", "firmware_py/core/__init__.py"),
    *(f"firmware_py/core/{name}.py" for name in ("errors", "programs", "terminal")),
    "lab/__init__.py",
    *("lab/relay_vm/__init__.py", "lab/relay_vm/guest.py"),
    *("lab/relay_vm/desk.py", "lab/relay_vm/wire.py"),
)

Found = dict[str, Any]


def desk_files(quantum: int) -> dict[str, str]:
    """The relay's configuration for the two loopback cards."""
    cards = [
        Card(index, name, "Loopback", name, "", f"platform-snd_aloop.{index}", _BOTH, _BOTH)
        for index, name in enumerate(("Headset", "PC"))
    ]
    return configuration(RelayPlan(RelayMode.LAB, choose_roles(cards, RelayMode.LAB), quantum))


def lay(root: Path, job: Mapping[str, object], quantum: int = QUANTUM) -> None:
    """Put the relay's configuration, the guest's program and its job into the machine's disk."""
    write_files(plan_files(desk_files(quantum), root / "etc/deskcue/relay"), force=True)
    for name in _PROGRAM:
        _put(root / "deskcue" / name, (ROOT / name).read_bytes())
    _put(root / "deskcue/init.sh", (Path(__file__).parent / "init.sh").read_bytes())
    (root / "deskcue/init.sh").chmod(0o755)
    for unit in UNITS:
        name = f"{unit}.service"
        _put(root / "deskcue" / name, (ROOT / "systemd" / name).read_bytes())
    _put(root / "deskcue/job.json", json.dumps(job).encode())


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@contextmanager
def booted(root: Path, seconds: float) -> Iterator[tuple[Iterator[Found], Path]]:
    """Make the disk and boot it, for so many seconds of the host at most.

    Gives what the machine says, as it says it, and the folder in which its recordings grow: a file
    for each name of ``HEARD``, int16, 48 kHz. The folder is gone afterwards.
    """
    with tempfile.TemporaryDirectory(dir=root.parent) as name:
        folder = Path(name)
        disk = folder / "disk.img"
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", root, disk, "3G"], check=True)
        command = ["timeout", str(seconds), *_qemu(root, folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as machine:
            try:
                yield _said(machine, root.parent / "console.log"), folder
            finally:
                machine.terminate()


def _said(machine: "subprocess.Popen[str]", log: Path) -> Iterator[Found]:
    assert machine.stdout is not None
    with log.open("w", encoding="utf-8") as console:
        for line in machine.stdout:
            console.write(line)
            console.flush()
            if line.startswith("@"):
                yield json.loads(line[1:])


def _qemu(root: Path, folder: Path) -> list[str]:
    """The command that boots the disk."""
    kernel, initrd = (max(root.glob(f"boot/{name}-*")) for name in ("vmlinuz", "initrd.img"))
    words = "console=ttyS0 root=/dev/vda rw init=/deskcue/init.sh quiet panic=-1 mitigations=off"
    clock = f"shift={NANOSECONDS.bit_length() - 1},sleep=on"
    command = [
        *("qemu-system-x86_64", "-accel", "tcg,thread=single", "-icount", clock, "-smp", "1"),
        *("-m", "1536", "-nographic", "-no-reboot", "-nic", "none", "-rtc", "clock=vm"),
        *("-kernel", str(kernel), "-initrd", str(initrd), "-append", words),
        *("-drive", f"file={folder}/disk.img,if=virtio,format=raw,cache=unsafe"),
        *("-device", "virtio-serial"),
    ]
    for name in HEARD:
        command += ["-chardev", f"file,id={name},path={folder / name}"]
        command += ["-device", f"virtserialport,chardev={name},name=deskcue.{name}"]
    return command
