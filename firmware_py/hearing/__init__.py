"""Ear: Blocks become Frames (levels, speech, phones)."""
