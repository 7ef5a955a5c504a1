"""Tests of ``firmware_py.fleet.push``."""
