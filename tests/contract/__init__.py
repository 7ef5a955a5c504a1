"""Tests of ``firmware_py.contract``."""
