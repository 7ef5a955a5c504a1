"""The ear: levels, speech, mel, phones."""
