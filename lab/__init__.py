"""Training, evaluation and benchmarks; never on a device."""
