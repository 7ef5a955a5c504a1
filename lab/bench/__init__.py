"""``scripts/bench``: what the device costs on this machine, and how soon its light comes."""
