"""Tests of ``firmware_py.my_desk``."""
