"""Tests of ``firmware_py.demo``."""
