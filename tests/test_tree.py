"""What the tree as a whole must keep: small, self-contained, and true to its own documents."""

import re

from firmware_py.cli import main
from tests.checkout import ROOT, tracked

SOUND = {".wav", ".ogg", ".flac", ".mp3", ".opus", ".aiff"}
MOST_SOUND_FILES = 12
LARGEST_FILE = 3_000_000
"""Bytes."""


def texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        try:
            found[str(path.relative_to(ROOT))] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_files_are_small() -> None:
    large = [str(path) for path in tracked() if path.stat().st_size > LARGEST_FILE]
    assert not large


def test_sound_files_are_few() -> None:
    sounds = [str(path) for path in tracked() if path.suffix.lower() in SOUND]
    assert 1 <= len(sounds) <= MOST_SOUND_FILES


def test_no_text_names_a_path_of_one_machine() -> None:
    # A home directory, or a folder at the root of the file system that Linux does not have.
    somewhere = re.compile(r"(?<![\w.~$}/*-])/(?:home/\w+|root|work|farm|mnt|Users)/")
    named = [
        f"{name}: {found.group()}"
        for name, text in texts().items()
        for found in somewhere.finditer(text)
        if name != "tests/test_tree.py"
    ]
    assert not named


def test_the_licence_is_there() -> None:
    assert (ROOT / "LICENSE").read_text("utf-8").lstrip().startswith("Apache License")


def documents() -> dict[str, str]:
    return {name: text for name, text in texts().items() if name.endswith(".md")}


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for name, text in documents().items():
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            if "://" not in target and not (ROOT / name).parent.joinpath(target).exists():
                broken.append(f"{name}: {target}")
    assert not broken


def test_scripts_named_in_documents_exist() -> None:
    missing = [
        f"{name}: {script}"
        for name, text in documents().items()
        for script in re.findall(r"(?<![\w/])scripts/[\w.-]*\w", text)
        if not (ROOT / script).exists()
    ]
    assert not missing


def commands() -> list[str]:
    """Every ``deskcue`` command that a document shows, with its subcommand if it has one."""
    shown = re.compile(r"(?:^|`|bin/)deskcue ([a-z][a-z-]*(?: (?:check|list)\b)?)", re.MULTILINE)
    return sorted({found for text in documents().values() for found in shown.findall(text)})


def is_known(command: str) -> bool:
    try:
        return main([*command.split(), "--help"]) == 0
    except SystemExit as left:
        return not left.code


def test_commands_in_documents_exist() -> None:
    assert commands()
    assert not [command for command in commands() if not is_known(command)]
