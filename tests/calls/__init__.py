"""Tests of ``firmware_py.calls``."""
