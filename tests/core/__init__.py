"""Tests of ``firmware_py.core``."""
