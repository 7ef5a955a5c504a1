"""Tests of ``firmware_py.outbox``."""
