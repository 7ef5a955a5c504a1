"""Programs of the system that are asked something."""

import subprocess


def ask(*command: str) -> str:
    """What a program prints; empty if it is not there or fails."""
    try:
        said = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""
