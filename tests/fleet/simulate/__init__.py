"""Tests of ``firmware_py.fleet.simulate``."""
