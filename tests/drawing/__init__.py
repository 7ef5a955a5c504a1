"""Tests of ``firmware_py.drawing``."""
