"""Tests of the sources of sound."""
