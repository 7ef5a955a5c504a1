"""Tests of what the device shows and sends."""
