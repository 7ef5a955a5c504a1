"""Ear: Blocks become Frames (levels, speech, pitch, phones)."""
