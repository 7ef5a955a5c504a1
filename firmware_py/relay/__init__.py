"""The audio path: PipeWire and WirePlumber configuration made from what is plugged in."""
