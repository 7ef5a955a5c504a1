"""Tests of ``firmware_py.fleet.enrolment``."""
