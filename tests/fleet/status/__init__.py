"""Tests of ``firmware_py.fleet.status``."""
