"""DeskCue: hears both directions of a call and gives the agent a quiet hint in time."""

__version__ = "0.1.0"
