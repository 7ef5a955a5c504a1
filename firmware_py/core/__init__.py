"""What every room may use: types, ports, errors, clock, messages. Imports nothing of ours."""
