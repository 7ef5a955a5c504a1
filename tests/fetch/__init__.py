"""Tests of ``firmware_py.fetch``."""
