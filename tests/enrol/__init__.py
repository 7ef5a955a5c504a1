"""Tests of ``firmware_py.enrol``."""
