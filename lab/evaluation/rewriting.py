"""Puts thresholds and limits into the bundled rulebooks, and leaves all else as it is."""

import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

_PHRASE = re.compile(r'\[\[phrase\]\]\n(?:(?!\[\[).*\n)*?id = "([^"]+)"\n(?:(?!\[|\n|#).*\n)*')


def rewritten(text: str, found: dict[str, float]) -> str:
    """Give a rulebook's text with these thresholds, by id of the phrase."""

    def changed(match: re.Match[str]) -> str:
        if match[1] not in found:
            return match[0]
        without = re.sub(r"threshold = .*\n", "", match[0])
        return f"{without}threshold = {found[match[1]]}\n"

    return _PHRASE.sub(changed, text if text.endswith("\n") else text + "\n")


def thresholds(found: dict[str, tuple[float, float]]) -> int:
    """Rewrite every bundled rulebook that has one of these phrases; tell how many were changed."""
    wanted = {name: threshold for name, (threshold, _) in found.items()}
    changed = 0
    for entry in resources.files("firmware_py.rulebooks").iterdir():
        path = Path(str(entry))
        if path.suffix == ".toml":
            before = path.read_text(encoding="utf-8")
            after = rewritten(before, wanted)
            changed += sum(match[1] in wanted for match in _PHRASE.finditer(before))
            path.write_text(after, encoding="utf-8")
    return changed


def experiment(
    path: Path, limits: tuple[float, float], errors: Mapping[str, tuple[float, float]]
) -> None:
    """Write the limits of D3 and D4 into their rulebook, and each rule's errors.

    Errors are the largest shares missed and mistaken, by clause.
    """
    text = path.read_text("utf-8")
    for key, limit in zip(("slurred_over", "foreign_over"), limits, strict=True):
        text = _once(rf"^{key} = .*$", f"{key} = {limit:.2f}", text)
    for clause, (missed, mistaken) in errors.items():
        told = f"experimental = {{ missed = {missed:.2f}, mistaken = {mistaken:.2f} }}"
        text = _once(rf'(id = "{clause}"\n(?:.+\n)*?)experimental = .*$', rf"\g<1>{told}", text)
    path.write_text(text, "utf-8")


def _once(pattern: str, by: str, text: str) -> str:
    text, times = re.subn(pattern, by, text, flags=re.MULTILINE)
    if times != 1:
        raise ValueError(f"{pattern} stands {times} times in the rulebook, not once")
    return text
