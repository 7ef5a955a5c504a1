"""Voice against noise, on drawn hops."""

from firmware_py.detectors.voicing import Voicing


def heard(pitch: str, agent_db: float = -25.0, caller_db: float = -60.0) -> list[bool]:
    """A letter per hop: ``v`` voiced, ``x`` noise, ``.`` silence."""
    voicing, level = Voicing(), [agent_db, caller_db]
    return [
        voicing.hear(hop, level, letter != ".", 120.0 * (letter == "v"))
        for hop, letter in enumerate(pitch)
    ]


def said(agent_db: list[float]) -> list[bool]:
    """A level per hop, voiced where it is over the room's."""
    voicing = Voicing()
    return [
        voicing.hear(hop, [level, -60.0], level > -60.0, 120.0 * (level > -60.0))
        for hop, level in enumerate(agent_db)
    ]


def test_a_syllable_is_a_voice() -> None:
    assert heard("." * 40 + "x" * 10 + "v" * 15 + ".")[-7:] == [True] * 6 + [False]


def test_noise_with_stray_pitch_is_none() -> None:
    assert not any(heard("." * 20 + "xxxxvxx" * 40))


def test_what_may_be_an_echo_of_the_caller_is_none() -> None:
    assert not any(heard("v" * 60, agent_db=-45.0, caller_db=-25.0))
    assert any(heard("v" * 60, agent_db=-40.0, caller_db=-25.0))


def test_the_onset_is_that_of_the_sound_but_not_of_a_long_noise_before() -> None:
    for noise, onset in ((10, 40), (100, 120)):
        voicing = Voicing()
        drawn = "." * 40 + "x" * noise + "v" * 8
        for hop, letter in enumerate(drawn):
            voicing.hear(hop, [-25.0, -60.0], letter != ".", 120.0 * (letter == "v"))
        assert voicing.onset(len(drawn) - 1) == onset


def test_voiced_hops_are_counted_as_far_as_asked() -> None:
    voicing = Voicing()
    for hop in range(400):
        voicing.hear(hop, [-25.0, -60.0], True, 120.0 * (hop % 2))
    assert voicing.voiced(40) == 20
    assert voicing.voiced(1000) == 125


def test_a_voice_far_softer_than_the_agents_is_the_next_desk() -> None:
    for db, wearers in ((-25.0, True), (-30.0, True), (-32.0, False), (-40.0, False)):
        told = said([-25.0] * 100 + [-90.0] * 100 + [db] * 100)
        assert any(told[:100])
        assert any(told[200:]) is wearers


def test_a_word_said_softly_belongs_to_the_sentence_before_it() -> None:
    told = said([-25.0] * 100 + [-90.0] * 40 + [-38.0] * 30)
    assert all(told[-20:])


def test_an_agent_who_goes_on_more_softly_is_the_agent_again_after_a_while() -> None:
    told = said([-25.0] * 100 + ([-90.0] * 100 + [-38.0] * 400) * 4)
    assert not any(told[200:1_000])
    assert any(told[1_500:])


def test_after_a_shout_the_agent_is_still_the_agent() -> None:
    told = said([-25.0] * 300 + [-90.0] * 100 + [-10.0] * 150 + [-90.0] * 100 + [-25.0] * 100)
    assert all(told[-80:])
