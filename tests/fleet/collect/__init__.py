"""Tests of ``firmware_py.fleet.collect``."""
