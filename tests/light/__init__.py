"""Tests of ``firmware_py.light``."""
