"""Text for terminals, pipes and file names of any encoding."""

import contextlib
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_py.core.terminal import shown
from tests.checkout import ROOT

ODD = os.fsdecode(b"\xbf\xcd.ogg")
"""A file name as a Chinese Windows writes it, in GBK."""


def deskcue(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "firmware_py.cli", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=False
    )


@pytest.mark.situation(
    "The machine",
    "a file name is no UTF-8",
    "the file is heard; its name is shown with `\\xNN`",
)
def test_a_name_that_is_no_utf_8_is_shown_with_escapes() -> None:
    assert shown(ODD) == r"\xbf\xcd.ogg"
    assert shown("通话.ogg") == "通话.ogg"
    assert shown("a\x1b[2Jb") == r"a\x1b[2Jb"


@pytest.mark.situation(
    "The machine",
    "a terminal is GBK, Latin-1 or ASCII",
    "what it lacks is `?`; JSON is escaped",
)
@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "ascii"])
def test_any_terminal_can_show_what_commands_say(encoding: str) -> None:
    table = deskcue("rules", "list", PYTHONIOENCODING=encoding)
    lines = deskcue("phrases", "list", "--json", PYTHONIOENCODING=encoding)
    for done in (table, lines):
        assert (done.returncode, done.stderr) == (0, b"")
    assert "不关我的事" in lines.stdout.decode("unicode_escape")


@pytest.mark.situation(
    "The machine",
    "one file of many cannot be heard",
    "one line, the others are heard, exit code 1",
)
def test_a_file_that_cannot_be_heard_has_one_line_and_the_others_are_heard(tmp_path: Path) -> None:
    broken = tmp_path / ODD
    broken.write_text("no sound")
    done = deskcue("replay", str(broken), "firmware_py/demo/call.ogg", "--json")
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert rb"\xbf\xcd.ogg is no sound file" in done.stderr
    assert b'"type": "summary", "file": "firmware_py/demo/call.ogg"' in done.stdout


@pytest.mark.situation("The machine", "a file name is no UTF-8")
def test_a_file_whose_name_is_no_utf_8_is_heard(tmp_path: Path) -> None:
    with (tmp_path / ODD).open("wb") as file:
        soundfile.write(file, np.zeros((1600, 2)), 16_000, format="OGG")
    done = deskcue("replay", str(tmp_path / ODD), "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["file"] == str(tmp_path / r"\xbf\xcd.ogg")


@pytest.mark.situation("The machine", "whoever reads the output closes the pipe")
def test_output_that_nobody_can_take_is_one_line() -> None:
    command = f"{sys.executable} -m firmware_py.cli rules list >/dev/full"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr == b"deskcue: No space left on device\n"


@pytest.mark.situation(
    "The machine",
    "whoever reads the output closes the pipe",
    "exit code 0; where the output's disk is full: one line, exit code 1",
)
@pytest.mark.parametrize("command", ["rules list", "phrases list"])
def test_a_reader_who_has_read_enough_is_no_error(command: str) -> None:
    line = f"{sys.executable} -m firmware_py.cli {command} | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.situation(
    "The machine",
    "Ctrl-C, while modules are imported too",
    "one line, or none in the first moments; exit code 130",
)
def test_ctrl_c_while_imports_run_is_one_line() -> None:
    program = (
        "import os, signal, sys\n"
        "class Interrupts:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'rich': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupts())\n"
        "sys.argv = ['deskcue', 'rules', 'list']\n"
        "from firmware_py.cli import main\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True)
    assert (done.returncode, done.stdout) == (130, b"")
    assert done.stderr == b"deskcue: interrupted\n"


def interrupt_at_once() -> None:
    """Let Ctrl-C be pressed before the program runs, and wait until it is minded."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def launcher(tmp_path: Path) -> Path:
    """The command as pip lays it beside an interpreter."""
    (tmp_path / "python").symlink_to(sys.executable)
    return Path(shutil.copy(ROOT / "scripts" / "deskcue", tmp_path))


@pytest.mark.situation("The machine", "Ctrl-C, while modules are imported too")
def test_ctrl_c_before_python_runs_is_one_line(launcher: Path) -> None:
    done = subprocess.run(
        [launcher, "rules", "list"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=interrupt_at_once,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"deskcue: interrupted\n")


@pytest.mark.situation("The machine", "Ctrl-C, while modules are imported too")
def test_ctrl_c_waits_while_python_starts(launcher: Path) -> None:
    python = launcher.with_name("python")
    python.unlink()
    python.write_text("#!/bin/sh\nexec grep SigBlk /proc/self/status\n", "utf-8")
    python.chmod(0o755)
    told = subprocess.run([launcher], capture_output=True, check=True, text=True).stdout
    assert int(told.split()[1], 16) & 1 << (signal.SIGINT - 1)


@pytest.mark.parametrize("closed", ["2>&-", "<&- 2>&-"])
def test_closed_streams_cost_no_work(closed: str) -> None:
    command = f"{sys.executable} -m firmware_py.cli replay firmware_py/demo/call.ogg --json"
    done = subprocess.run(
        ["bash", "-c", f"{command} {closed}"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b'"type": "summary"' in done.stdout


def test_a_full_disk_is_blamed_on_no_recording() -> None:
    call = "firmware_py/demo/call.ogg"
    command = f"{sys.executable} -m firmware_py.cli replay {call} {call} --json >/dev/full"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"deskcue: No space left on device\n")


@pytest.mark.situation(
    "The machine",
    "a command is ended (SIGTERM), or its terminal is closed",
    "it stops what it began, such as the demo's broker, and clears its files away",
)
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_command_that_is_ended_clears_away_what_it_began(name: str) -> None:
    program = (
        "import os, signal, sys, time\n"
        "from firmware_py.commands import rules\n"
        "from firmware_py.cli import main\n"
        "def work(args):\n"
        f"    try: os.kill(os.getpid(), signal.{name}); time.sleep(60)\n"
        "    finally: print('cleared away')\n"
        "rules.main = work\n"
        "sys.argv = ['deskcue', 'rules', 'list']\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True)
    assert done.returncode == 128 + signal.Signals[name]
    assert (done.stdout, done.stderr) == (b"cleared away\n", b"")


@pytest.mark.parametrize("profile", [b"\xb2\xe2", b"a b"])
def test_an_argument_that_is_no_text_or_no_name_is_one_line(profile: bytes) -> None:
    done = deskcue("call", "start", "--profile", os.fsdecode(profile))
    assert done.returncode in (1, 2)
    assert done.stderr.count(b"\n") == 1
    assert b"is no " in done.stderr


@pytest.mark.parametrize(("command", "code"), [("drill", 0), ("setup audio", 1)])
def test_ctrl_d_at_a_question_is_no_answer(command: str, code: int) -> None:
    terminal, end = pty.openpty()
    program = [sys.executable, "-m", "firmware_py.cli", *command.split()]
    with subprocess.Popen(program, cwd=ROOT, stdin=end, stdout=end, stderr=end) as child:
        os.close(end)
        os.write(terminal, b"\x04")
        shown = b""
        with contextlib.suppress(OSError):  # the child has closed its end
            while more := os.read(terminal, 4096):
                shown += more
    os.close(terminal)
    assert child.returncode == code
    assert b"Traceback" not in shown


def test_too_little_memory_is_one_line() -> None:
    program = (
        "import sys\n"
        "from firmware_py.commands import rules\n"
        "from firmware_py.cli import main\n"
        "rules.main = lambda args: len(bytearray(2**62))\n"
        "sys.exit(main(['rules', 'list']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True)
    assert done.returncode == 1
    assert done.stderr == b"deskcue: there is too little memory here for that\n"
