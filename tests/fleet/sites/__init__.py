"""Tests of ``firmware_py.fleet.sites``."""
