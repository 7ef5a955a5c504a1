"""When a call starts, is on hold, goes on and ends."""

import numpy as np
import pytest

from firmware_py.core.types import RATE
from firmware_py.detectors.call import Call
from tests.detectors.made_features import Sound, hear, noise, run, to_pcm, voice


def dead(seconds: float) -> Sound:
    return np.zeros(int(seconds * RATE))


def ring(seconds: float) -> Sound:
    """Ringing tone: 450 Hz, 1 s on, 4 s off."""
    time = np.arange(int(seconds * RATE)) / RATE
    return 0.2 * np.sin(2 * np.pi * 450 * time) * (time % 5 < 1)


def side(*parts: Sound) -> Sound:
    return np.concatenate(parts)


def told(agent: Sound, caller: Sound) -> list[tuple[str, float]]:
    """What is told of a call, and the moment it names."""
    seen = run(Call(), hear(to_pcm(agent, caller)))
    seen = [o for o in seen if o.name.startswith("call.")]
    assert all(o.at - o.end <= 2.0 for o in seen if o.name != "call.start")
    return [(o.name.removeprefix("call."), o.start) for o in seen]


def room(seconds: float) -> Sound:
    return noise(seconds, -60)


def near(*expected: tuple[str, float]) -> list[tuple[str, object]]:
    return [(name, pytest.approx(moment, abs=0.15)) for name, moment in expected]


def test_a_call_from_comfort_noise_to_digital_silence() -> None:
    agent = side(room(4), voice(2, -25), room(6))
    caller = side(dead(3), noise(4, -60), voice(2, -25), noise(1, -60), dead(2))
    assert told(agent, caller) == near(("start", 3), ("end", 10))


def test_ringing_is_no_call() -> None:
    caller = side(ring(12), noise(3, -60))
    assert told(room(15), caller) == near(("start", 12))


def test_the_agents_first_words_belong_to_the_call() -> None:
    agent = side(room(2), voice(2, -25), room(4))
    caller = side(dead(5), voice(3, -25))
    assert told(agent, caller) == near(("start", 2))


def test_talk_beside_the_call_starts_none() -> None:
    assert told(side(room(2), voice(3, -25)), dead(5)) == []


def test_a_line_is_idle_that_is_silent_when_the_stream_begins() -> None:
    caller = side(dead(2), noise(3, -60), dead(4))
    seen = run(Call(), hear(to_pcm(room(9), caller)))
    assert [o.name for o in seen] == ["line.idle", "call.start", "call.end"]
    assert run(Call(), hear(to_pcm(room(1), dead(1)))) == []


def test_two_calls() -> None:
    caller = side(dead(1), noise(4, -60), dead(3), noise(3, -60), dead(2))
    expected = near(("start", 1), ("end", 5), ("start", 8), ("end", 11))
    assert told(room(13), caller) == expected


def test_a_muted_microphone_is_hold() -> None:
    agent = side(room(3), dead(4), room(3))
    assert told(agent, noise(10, -60)) == near(("start", 0), ("hold", 3), ("resume", 7))


def test_a_line_gated_between_words_neither_ends_nor_holds() -> None:
    agent = side(voice(2, -25), dead(3), voice(2, -25), dead(3))
    caller = side(dead(2), voice(2, -25), dead(4), voice(2, -25))
    assert told(agent, caller) == near(("start", 0))


@pytest.mark.situation(
    "Sound",
    "the caller's line is gated to digital zero whenever the caller is silent",
    "a minute in which both are silent is no end of a call; it ends three minutes after the "
    "caller's last word, and a call that begins within them is taken for the same: nothing tells "
    "such a line from one that was hung up",
    "signal calls",
)
@pytest.mark.parametrize("explains", [True, False])
def test_a_long_silence_on_a_gated_line_is_in_the_call(explains: bool) -> None:
    between = voice(40, -25) if explains else room(40)
    agent = side(dead(1), voice(2, -25), between, room(10))
    caller = side(dead(1), voice(2, -25), dead(48), voice(2, -25))
    assert Call().gated_s == 180
    for gated_s, ends in ((60.0, 0), (30.0, 1)):
        seen = run(Call(gated_s=gated_s), hear(to_pcm(agent, caller)))
        assert [o.name for o in seen].count("call.end") == ends


@pytest.mark.situation(
    "Sound",
    "an announcement plays in the midst of a call",
    "it ends no call, though its pauses be digitally silent; nobody has to answer words that were "
    "played before, and what breaks a silence is given 7 s, not 4 (E3)",
    "signal hold and resume",
)
@pytest.mark.parametrize("pause_s", [3, 6])
def test_an_announcement_that_pauses_in_digital_silence_is_no_end(pause_s: int) -> None:
    talk = side(noise(3, -60), voice(2, -25), noise(2, -60))
    plays = [part for _ in range(3) for part in (voice(2.5, -25, 190), dead(pause_s))]
    caller = side(talk, dead(1), *plays, talk, dead(3))
    (start, end) = told(room(len(caller) / RATE), caller)
    assert (start[0], end[0]) == ("start", "end")
    assert end[1] == pytest.approx(len(caller) / RATE - 3, abs=0.15)


def test_one_dead_hop_is_no_end() -> None:
    caller = side(noise(3, -60), dead(1.2), noise(3, -60))
    assert told(room(7.2), caller) == near(("start", 0))


def busy(seconds: float, *cadence_s: float) -> Sound:
    """Busy tone of 450 Hz, on and off in turns; China's is 0.35 s on, 0.35 s off."""
    time = np.arange(int(seconds * RATE)) / RATE
    edges = np.cumsum(cadence_s or (0.35, 0.35))
    on = np.searchsorted(edges, time % edges[-1], side="right") % 2 == 0
    return np.asarray(0.05 * np.sin(2 * np.pi * 450 * time) * on)


@pytest.mark.situation(
    "Sound",
    "a call rings, is busy, or the network tells something (China 450 Hz, Europe, "
    "Britain, North America, Japan, India, Australia: `firmware_py/hearing/tones.toml`)",
)
def test_a_busy_tone_is_the_end() -> None:
    caller = side(noise(3, -60), voice(2, -25), noise(2, -60), busy(6))
    assert told(room(13), caller) == near(("start", 0), ("end", 7))


@pytest.mark.parametrize("cadence_s", [(0.4, 0.35, 0.225, 0.525), (0.225, 0.525, 0.4, 0.35)])
def test_bursts_of_a_busy_tone_may_be_of_two_lengths(cadence_s: tuple[float, ...]) -> None:
    caller = side(noise(3, -60), voice(2, -25), noise(2, -60), busy(6, *cadence_s))
    assert told(room(13), caller) == near(("start", 0), ("end", 7))


def test_silence_on_both_lines_is_hold_and_then_it_goes_on() -> None:
    agent, caller = side(room(4), dead(6), room(4)), side(noise(4, -60), dead(6), noise(4, -60))
    assert told(agent, caller) == near(("start", 0), ("hold", 4), ("resume", 10))


def test_a_caller_who_hangs_up_on_hold_is_gone_when_the_hold_is_over() -> None:
    agent, caller = side(room(4), dead(6), room(4)), side(noise(7, -60), dead(7))
    assert told(agent, caller) == near(("start", 0), ("hold", 4), ("resume", 10), ("end", 10))


def test_a_hold_without_end_ends() -> None:
    seen = run(Call(lost_s=5.0), hear(to_pcm(side(room(4), dead(9)), side(noise(4, -60), dead(9)))))
    assert [o.name for o in seen] == ["call.start", "call.hold", "call.end"]


def test_a_steady_vowel_is_no_busy_tone() -> None:
    time = np.arange(RATE) / RATE
    hum = 0.05 * np.sin(2 * np.pi * 200 * time)
    caller = side(noise(3, -60), hum, noise(1, -60), hum, noise(2, -60))
    assert told(room(8), caller) == near(("start", 0))


def tune(seconds: float, seed: int, held: bool = True) -> Sound:
    """Organ-like notes that hold and break off, or plucked ones, without a pause."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(int(seconds * RATE))
    for at in np.arange(0, seconds - 0.5, 0.25):
        hz = 262 * 2 ** (rng.choice([0, 2, 4, 7, 9, 12, 14, 16]) / 12)
        time = np.arange(RATE // 2) / RATE
        wave = sum(np.sin(2 * np.pi * hz * order * time) / order for order in range(1, 8))
        note = wave * np.exp(-3 * time * (0.2 if held else 1))
        sound[int(at * RATE) : int(at * RATE) + len(note)] += note
    return np.asarray(0.03 * sound)


def over_noise(*parts: Sound) -> Sound:
    sound = side(*parts)
    return sound + noise(len(sound) / RATE, -60)


@pytest.mark.situation(
    "Sound",
    "a call rings, is busy, or the network tells something (China 450 Hz, Europe, "
    "Britain, North America, Japan, India, Australia: `firmware_py/hearing/tones.toml`)",
    "tones are no speech; while they come no call has begun and no rule speaks; three "
    "bursts of a busy tone end a call; ringing within a call is a wait",
    "add a plan of tones for another network",
)
def test_ringing_over_comfort_noise_is_no_call_until_somebody_speaks() -> None:
    caller = over_noise(ring(15.2), voice(1, -25), dead(4))
    ((name, at),) = told(room(21), caller)
    assert name == "start"
    assert 14.7 <= at <= 15.8


@pytest.mark.situation(
    "Sound",
    "a call rings, is busy, or the network tells something (China 450 Hz, Europe, "
    "Britain, North America, Japan, India, Australia: `firmware_py/hearing/tones.toml`)",
)
def test_ringing_in_the_midst_of_a_call_is_no_end() -> None:
    talk = side(noise(3, -60), voice(2, -25), noise(1, -60))
    caller = side(talk, ring(12), talk)
    assert told(room(24), caller) == near(("start", 0))
    assert told(room(24), over_noise(talk, ring(12), talk)) == near(("start", 0))


@pytest.mark.situation(
    "Sound",
    "hold music plays in a call",
    "it ends no call; after 12 s without a pause it wants no answer (E3)",
    "signal hold and resume",
)
@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("seed", [1, 2])
def test_music_in_a_call_is_no_end(seed: int, held: bool) -> None:
    caller = over_noise(dead(2), voice(2, -25), tune(20, seed, held), dead(2))
    assert told(room(26), caller) == near(("start", 0))


@pytest.mark.situation(
    "Sound",
    "music or an announcement plays from the moment a line opens",
    "the call begins when the agent speaks, or with the first short word that a pause of 1.2 s "
    "follows (`line.waiting` until then); no pause of an announcement is one, nor a beep",
    "signal calls, which is better than all inference",
)
@pytest.mark.parametrize("held", [True, False])
def test_music_before_the_answer_is_no_call(held: bool) -> None:
    caller = side(dead(1), over_noise(tune(12, 3, held), voice(0.8, -25), dead(4)))
    seen = run(Call(), hear(to_pcm(room(18), caller)))
    assert [o.name for o in seen] == ["line.waiting", "call.start"]
    assert seen[1].start >= 1 + 11


@pytest.mark.situation("Sound", "music or an announcement plays from the moment a line opens")
def test_the_agents_word_makes_a_call_of_music() -> None:
    agent = side(room(6), voice(2, -25), room(8))
    caller = side(dead(1), over_noise(tune(15, 4)))
    assert told(agent, caller) == near(("start", 6))


@pytest.mark.situation("Sound", "music or an announcement plays from the moment a line opens")
@pytest.mark.parametrize("gated", [False, True], ids=["over noise", "gated"])
@pytest.mark.parametrize("pause_s", [1.5, 4.0])
def test_an_announcement_with_pauses_is_no_answer(pause_s: float, gated: bool) -> None:
    beep = 0.1 * np.sin(2 * np.pi * 1_000 * np.arange(RATE // 2) / RATE)
    says = [part for seed in range(3) for part in (voice(3, -25, seed=seed), dead(pause_s))]
    plays = side(*says, beep, dead(2))
    answer = side(voice(0.6, -25), dead(2))
    line = side(dead(1), side(plays, answer) if gated else over_noise(plays, answer))
    begun = 1 + len(plays) / RATE
    assert told(room(len(line) / RATE), line) == near(("start", begun))


def test_a_gate_may_stay_open_for_some_time_after_words() -> None:
    caller = [part for _ in range(3) for part in (voice(1, -25), noise(1.4, -60), dead(3))]
    line = side(dead(1), *caller)
    assert told(room(len(line) / RATE), line) == near(("start", 1))


@pytest.mark.situation(
    "Sound",
    "the phone system suppresses noise down to -95 dBFS between words",
    "it is a signal: one call stays one call; digital zero for 1.5 s is the end",
    "signal calls if a line is digitally silent between words",
)
def test_a_line_with_noise_as_soft_as_suppression_leaves_it_is_one_call() -> None:
    talk = [part for _ in range(4) for part in (noise(4, -95), voice(1, -40))]
    assert told(room(22), side(dead(1), *talk)) == near(("start", 1))


@pytest.mark.situation("Sound", "the phone system suppresses noise down to -95 dBFS between words")
def test_a_line_suppressed_to_zero_between_words_is_one_call_and_ends_late() -> None:
    talk = [part for _ in range(4) for part in (dead(6), voice(1, -45))]
    seen = run(Call(gated_s=10), hear(to_pcm(room(42), side(dead(1), *talk, dead(12)))))
    assert [o.name for o in seen] == ["line.idle", "call.start", "call.end"]
    assert seen[2].start == pytest.approx(29, abs=0.2)


def test_what_is_heard_of_ringing_does_not_depend_on_blocks() -> None:
    pcm = to_pcm(room(19.2), over_noise(ring(15.2), voice(1, -25), dead(3)))
    expected = run(Call(), hear(pcm))
    assert run(Call(), hear(pcm, range(777, len(pcm), 1234))) == expected
