"""Tests of ``firmware_py.uplink``."""
