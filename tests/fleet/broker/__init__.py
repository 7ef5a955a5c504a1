"""Tests of ``firmware_py.fleet.broker``."""
