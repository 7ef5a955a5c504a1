"""Tests of ``firmware_py.device``."""
