"""The device at work: pipeline, runtime, baseline of the agent's voice."""
