"""Whose words: the agent's own, an echo of the caller's, or the next desk's."""

import numpy as np
import pytest

from firmware_py.core.types import HOPS_PER_SECOND, RATE, PcmArray
from firmware_py.hearing.attribution import Attribution
from tests.detectors.made_features import Sound, hear, noise, to_pcm, voice

OWN_DB, THEIR_DB = -26.0, -20.0
QUIET_DB = -65.0


def speech(seconds: float, db: float, pitch_hz: float, seed: int) -> Sound:
    """A voice whose syllables come and go as they like, each of its own colour."""
    rng = np.random.default_rng(seed)
    parts = [
        voice(0.2, 0, pitch_hz, slope, seed) * 10 ** (loud / 20)
        for slope, loud in zip(
            rng.uniform(-14, -4, round(seconds * 5)),
            rng.uniform(-12, 0, round(seconds * 5)),
            strict=True,
        )
    ]
    sound = np.concatenate(parts)
    return np.asarray(sound / np.sqrt(np.mean(sound**2)) * 10 ** (db / 20))


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE))


def over(under: Sound, *laid: tuple[float, Sound]) -> Sound:
    """Sounds on top of another, each from its second on; what sticks out is cut off."""
    sound = under.copy()
    for second, one in laid:
        at = round(second * RATE)
        sound[at : at + len(one)] += one[: len(sound) - at]
    return sound


def echo(caller: Sound, db: float, late_s: float) -> Sound:
    """What a microphone hears of the earpiece: softer, late and dull."""
    late = np.concatenate([silence(late_s), caller])[: len(caller)]
    return np.convolve(late, [0.6, 0.25, 0.1, 0.05], "same") * 10 ** (db / 20)


def own(pcm: PcmArray, start: float, end: float, before: Attribution | None = None) -> bool:
    """Whether the agent said what is heard between two seconds."""
    attribution = before or Attribution()
    for features in hear(pcm, range(1920, len(pcm), 1920)):
        attribution.feed(features)
    return attribution.own(round(start * HOPS_PER_SECOND), round(end * HOPS_PER_SECOND))


CALLER = over(noise(12, QUIET_DB), (6, speech(5, THEIR_DB, 110, 1)))
GREETING = speech(4, OWN_DB, 190, 2)
WORDS = speech(1.5, OWN_DB, 190, 3)


@pytest.mark.situation(
    "Sound",
    "the caller's voice comes out of the earpiece into the agent's microphone",
    "words whose band energies follow the caller's channel, up to 350 ms later, are not "
    "charged to the agent (`hearing.attribution`)",
    "turn the earpiece down; look for a better cushion",
)
@pytest.mark.parametrize("greets", [True, False])
@pytest.mark.parametrize(("db", "late_s"), [(-15, 0.02), (-15, 0.3), (-25, 0.12), (-40, 0.06)])
def test_an_echo_is_not_the_agents(db: float, late_s: float, greets: bool) -> None:
    agent = noise(12, QUIET_DB, 5) + echo(CALLER, db, late_s)
    if greets:
        agent = over(agent, (1, GREETING))
    assert not own(to_pcm(agent, CALLER), 8 + late_s, 9.5 + late_s)


@pytest.mark.parametrize("late_s", [0.03, 0.2])
def test_an_echo_that_a_levelling_microphone_makes_louder_than_the_caller(late_s: float) -> None:
    agent = over(noise(12, QUIET_DB, 5) + echo(CALLER, 8, late_s), (1, GREETING))
    assert not own(to_pcm(agent, CALLER), 8 + late_s, 9.5 + late_s)


@pytest.mark.situation(
    "Sound",
    "the next desk is heard in the agent's microphone",
    "words 7.5 dB and more under the agent's usual voice are not charged, nor what the caller's "
    "echo covers; the usual voice is learnt from the first words on",
    "move the microphone nearer to the mouth",
)
@pytest.mark.parametrize("db", [-12, -20, -30])
def test_the_next_desk_is_not_the_agent(db: float) -> None:
    other = speech(1.5, OWN_DB + db, 150, 4)
    agent = over(noise(12, QUIET_DB, 5), (1, GREETING), (8, other))
    assert not own(to_pcm(agent, noise(12, QUIET_DB)), 8, 9.5)
    assert not own(to_pcm(agent, CALLER), 8, 9.5)


@pytest.mark.situation("Sound", "the next desk is heard in the agent's microphone")
@pytest.mark.parametrize("late_s", [0.05, 0.25])
def test_the_echo_of_a_loud_caller_does_not_make_the_next_desk_the_agent(late_s: float) -> None:
    caller = over(noise(12, QUIET_DB), (6, speech(5, OWN_DB + 12, 110, 1)))
    heard = noise(12, QUIET_DB, 5) + echo(caller, -16, late_s)
    other, words = speech(1.5, OWN_DB - 10, 150, 4), WORDS
    assert not own(to_pcm(over(heard, (1, GREETING), (8, other)), caller), 8, 9.5)
    assert own(to_pcm(over(heard, (1, GREETING), (8, words)), caller), 8, 9.5)


@pytest.mark.situation(
    "Sound", "the caller's voice comes out of the earpiece into the agent's microphone"
)
@pytest.mark.parametrize("softer_db", [0, 5])
@pytest.mark.parametrize("echo_db", [-15, -30])
def test_the_agents_own_words_count_over_the_callers_echo(softer_db: float, echo_db: float) -> None:
    words = WORDS * 10 ** (-softer_db / 20)
    agent = over(noise(12, QUIET_DB, 5), (1, GREETING), (8, words))
    assert own(to_pcm(agent + echo(CALLER, echo_db, 0.1), CALLER), 8, 9.5)


@pytest.mark.situation(
    "Sound",
    "an agent mutters a phrase",
    "7.5 dB under the usual voice it is not charged",
    "nothing to do",
)
def test_words_that_the_agent_mutters_pass_for_somebody_elses() -> None:
    muttered = WORDS * 10 ** (-10 / 20)
    agent = over(noise(12, QUIET_DB, 5), (1, GREETING), (8, muttered))
    assert not own(to_pcm(agent, noise(12, QUIET_DB)), 8, 9.5)


@pytest.mark.parametrize("softer_db", [0, 20])
def test_first_words_count_on_a_quiet_line_too(softer_db: float) -> None:
    agent = over(noise(12, QUIET_DB, 5), (8, WORDS)) * 10 ** (-softer_db / 20)
    assert own(to_pcm(agent, noise(12, QUIET_DB)), 8, 9.5)


def test_a_line_that_sends_the_agent_back_does_not_make_the_agent_an_echo() -> None:
    agent = over(noise(12, QUIET_DB, 5), (1, GREETING), (8, WORDS))
    assert own(to_pcm(agent, echo(agent, -15, 0) + noise(12, QUIET_DB)), 8, 9.5)


def test_a_first_word_that_was_shouted_does_not_silence_the_next() -> None:
    shout = speech(2, OWN_DB + 14, 250, 6)
    agent = over(noise(12, QUIET_DB, 5), (0.5, shout), (8, WORDS))
    assert own(to_pcm(agent, noise(12, QUIET_DB)), 8, 9.5)


def test_one_shout_does_not_make_the_usual_voice_somebody_elses() -> None:
    shout = speech(2, OWN_DB + 14, 250, 6)
    agent = over(noise(12, QUIET_DB, 5), (0.5, GREETING), (5, shout), (8, WORDS))
    assert own(to_pcm(agent, noise(12, QUIET_DB)), 8, 9.5)


def test_a_voice_learnt_before_a_restart_counts_and_is_soon_left() -> None:
    learnt = Attribution()
    own(to_pcm(over(noise(12, QUIET_DB, 5), (1, GREETING)), noise(12, QUIET_DB)), 1, 2, learnt)
    restarted = Attribution()
    restarted.restore(learnt.snapshot())
    softer = speech(9, OWN_DB - 14, 190, 7)
    pcm = to_pcm(over(noise(12, QUIET_DB, 5), (1, softer)), noise(12, QUIET_DB))
    assert not own(pcm, 1.5, 3, restarted)
    assert restarted.own(900, 1000)


def test_the_result_does_not_depend_on_blocks() -> None:
    pcm = to_pcm(over(noise(12, QUIET_DB, 5), (1, GREETING), (8, WORDS)), CALLER)
    weighed = set()
    for cuts in ((), range(160, len(pcm), 160), range(777, len(pcm), 1234)):
        attribution = Attribution()
        for features in hear(pcm, cuts):
            attribution.feed(features)
        weighed.add(attribution.weigh(800, 950))
    assert len(weighed) == 1
