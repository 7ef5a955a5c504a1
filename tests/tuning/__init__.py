"""Tests of the tools for whoever keeps a rulebook."""
