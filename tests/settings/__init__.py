"""Tests of ``firmware_py.settings``."""
