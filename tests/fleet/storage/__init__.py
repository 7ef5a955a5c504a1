"""Tests of ``firmware_py.fleet.storage``."""
