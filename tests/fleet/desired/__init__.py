"""Tests of ``firmware_py.fleet.desired``."""
