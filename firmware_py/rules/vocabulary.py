"""Names of the Observations that a rule may wait for, besides phrases and other rules."""

from typing import Final

OBSERVATIONS: Final = (
    "backchannel",
    "call.end",
    "call.hold",
    "call.resume",
    "call.start",
    "caller.loud",
    "caller.quiet",
    "caller.thanks",
    "clarity.foreign",
    "clarity.slurred",
    "collision",
    "drawl",
    "eating",
    "fault.detector",
    "fault.microphone",
    "interruption.agent",
    "interruption.caller",
    "interruption.serious",
    "intonation.falling",
    "intonation.flat",
    "intonation.rising",
    "microphone.levelled",
    "microphone.ok",
    "onset.agent",
    "onset.caller",
    "pace.fast",
    "pace.slow",
    "quiet.both",
    "quiet.over",
    "quiet.unanswered",
    "share.agent",
    "shouting",
    "turn.agent",
    "turn.caller",
)


def is_under(name: str, above: str) -> bool:
    """Whether ``name`` is ``above`` or one of the names under it."""
    return name == above or name.startswith(above + ".")
