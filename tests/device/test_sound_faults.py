"""What is wrong with the sound that comes in is followed, and told in a line."""

from firmware_py.core.types import Observation
from firmware_py.device.sound_faults import SoundFaults


def observed(*names: str) -> list[Observation]:
    return [Observation(name, 1.0, 1.0, 1.0, 1.0) for name in names]


def test_a_fault_stays_until_its_end_is_told() -> None:
    faults = SoundFaults()
    assert faults.line == ""
    faults.hear(observed("fault.microphone.clipped", "microphone.levelled", "shouting"))
    assert faults.found == {"microphone": "clipped", "channels": ""}
    assert "microphone is faulty: clipped" in faults.line
    faults.hear(observed("fault.channels.swapped"))
    assert "seem swapped" in faults.line
    faults.hear(observed("channels.ok", "microphone.ok"))
    assert faults.line == ""
