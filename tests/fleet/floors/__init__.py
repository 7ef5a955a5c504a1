"""Tests of ``firmware_py.fleet.floors``."""
