"""What is wrong with the device: one shape for every fault."""

from enum import IntEnum


class Fault(IntEnum):
    """What is wrong with the device, as a number of blinks; the lowest is shown first."""

    MICROPHONE = 1
    MODEL = 2
    DISK = 3
    DETECTOR = 4
    RULEBOOK = 5
