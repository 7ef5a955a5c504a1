"""Tests of the audio path's configuration."""
