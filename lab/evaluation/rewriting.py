"""Puts thresholds into the rulebooks that came with the package, and leaves all else as it is."""

import re
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
