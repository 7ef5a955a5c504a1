"""Tests of ``firmware_py.reports``."""
