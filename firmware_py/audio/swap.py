"""Sides the other way round: for a tap or a recording with the caller on the left."""

from dataclasses import replace

from firmware_py.core.types import Block


def swapped(block: Block) -> Block:
    """The Block with its channels exchanged."""
    pcm = block.pcm[:, ::-1].copy()
    pcm.flags.writeable = False
    return replace(block, pcm=pcm)
