"""Drill: an agent practises a situation, and hears at once what was right and what was missing."""

from firmware_py.drill.practice import Practice
from firmware_py.drill.result import Result, Said
from firmware_py.drill.scores import Score, Scores
from firmware_py.drill.situation import Situation, situations

__all__ = ["Practice", "Result", "Said", "Score", "Scores", "Situation", "situations"]
