"""The relay on null nodes: its delay, and whether an ear can break the sound that it passes."""
