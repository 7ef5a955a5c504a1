"""The Chain: from Blocks to Findings."""

import datetime
from collections.abc import Iterable
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from firmware_py.audio.file import FileSource
from firmware_py.calls.signals import CallAction, CallSignal
from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import RATE, Block, Features, Finding, Observation, PcmArray
from firmware_py.detectors import DETECTORS
from firmware_py.device.building import build_pipeline
from firmware_py.device.pipeline import ADAPTATION, Pipeline
from firmware_py.hearing.adaptation import TRUSTED, Learnt
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.rules import load_rulebook, started_at
from tests.checkout import ROOT

CALL = ROOT / "firmware_py" / "demo" / "call.ogg"
MORNING = datetime.datetime(2026, 3, 4, 9, 0)
RULEBOOK = load_rulebook("10086")
BLOCKS = [960] * 900
"""Enough Blocks for the whole call."""


def build(phone_model: PhoneModel | None = None) -> Pipeline:
    return Pipeline(RULEBOOK, phone_model, started_at(MORNING))


@pytest.fixture(scope="module")
def call() -> PcmArray:
    return np.concatenate([item.pcm for item in FileSource(CALL)])


def findings(of: Pipeline, pcm: PcmArray, sizes: Iterable[int]) -> list[Finding]:
    parts = np.split(pcm, np.cumsum(list(sizes)))
    return [f for seq, part in enumerate(parts) for f in of.feed(Block(seq, part)).findings]


@settings(max_examples=5)
@given(st.lists(st.integers(1, 90_000), max_size=12))
def test_any_split_gives_the_same_findings(call: PcmArray, sizes: list[int]) -> None:
    phone_model = load_phone_model()
    part = call[: 25 * RATE]
    whole = findings(build(phone_model), part, [])
    phone_model.reset()
    assert findings(build(phone_model), part, sizes) == whole
    assert whole


def test_the_phone_model_is_fitted_to_the_agent_however_sound_is_cut(call: PcmArray) -> None:
    part, heard = call[: 30 * RATE], []
    kept = {ADAPTATION: replace(Learnt(), step=2, stretches=40, loudness=-9.0).numbers()}
    for sizes, adapt in (([], True), ([5_000] * 90, True), ([], False)):
        device = Pipeline(RULEBOOK, load_phone_model(), started_at(MORNING), adapt=adapt)
        device.restore(kept)
        blocks = enumerate(np.split(part, np.cumsum(sizes)))
        steps = [device.feed(Block(seq, pcm)).features for seq, pcm in blocks]
        rows = np.concatenate([features.posteriors for features in steps if features])
        heard.append((rows.tobytes(), device.snapshot().get(ADAPTATION)))
        learnt = device.snapshot().get(ADAPTATION)
        device.replace_rulebook(load_rulebook("12580"))
        assert device.snapshot().get(ADAPTATION) == learnt
    whole, cut, off = heard
    assert whole == cut
    assert whole[0] != off[0]
    assert off[1] is None
    assert whole[1] is not None
    assert whole[1]["stretches"] > TRUSTED


@pytest.mark.parametrize("near_misses", [False, True])
def test_another_phrase_list_in_the_midst_of_a_call_goes_on_where_the_call_is(
    call: PcmArray, near_misses: bool
) -> None:
    part = call[10 * RATE : 30 * RATE]
    model = load_phone_model()
    device = Pipeline(RULEBOOK, model, started_at(MORNING), near_misses=near_misses)
    device.feed(Block(0, part[: 10 * RATE]))
    first, *others = RULEBOOK.phrases
    device.replace_rulebook(
        replace(RULEBOOK, phrases=(replace(first, threshold=first.threshold / 2), *others))
    )
    heard = [
        one.end
        for one in device.feed(Block(1, part[10 * RATE :])).observations
        if one.name == "phrase.F5"
    ]
    model.reset()
    whole = [
        one.end for one in build(model).feed(Block(0, part)).observations if one.name == "phrase.F5"
    ]
    assert heard == whole
    assert heard


@pytest.mark.parametrize("accent", [(), ("sh/s",)])
def test_an_accent_counts_from_when_the_rulebook_names_it(
    call: PcmArray, accent: tuple[str, ...]
) -> None:
    part = call[10 * RATE : 30 * RATE]
    phrases = [
        replace(one, say=("bu guan wo de si",)) if one.id == "F5" else one
        for one in RULEBOOK.phrases
    ]
    rulebook = replace(RULEBOOK, phrases=tuple(phrases))  # of a desk whose agents say so
    device = Pipeline(rulebook, load_phone_model(), started_at(MORNING))
    device.feed(Block(0, part[: 10 * RATE]))
    device.replace_rulebook(replace(rulebook, accent=accent))
    heard = {one.name for one in device.feed(Block(1, part[10 * RATE :])).observations}
    assert ("phrase.F5" in heard) == bool(accent)


def test_findings_come_in_order_and_not_before_they_are_heard(call: PcmArray) -> None:
    device = build()
    before = 0.0
    for seq, part in enumerate(np.split(call, range(960, len(call), 960))):
        for finding in device.feed(Block(seq, part)).findings:
            assert before <= finding.at <= device.seconds + 1e-9
            before = finding.at


def test_reset_equals_fresh(call: PcmArray) -> None:
    device = build(load_phone_model())
    part = call[: 20 * RATE]
    first = findings(device, part, [])
    device.reset()
    assert device.seconds == 0
    assert findings(device, part, []) == first


class Broken:
    """A detector with a bug."""

    def feed(self, item: Features) -> list[Observation]:
        """Fail in the third second."""
        if item.start >= 300:
            raise ZeroDivisionError("no such thing\nas this")
        return []

    def reset(self) -> None:
        """Do nothing."""


def test_a_failing_detector_is_muted_and_reported_and_the_rest_goes_on(
    call: PcmArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = findings(build(), call, BLOCKS)
    monkeypatch.setattr(
        "firmware_py.device.detector_set.DETECTORS", {**DETECTORS, "eating": Broken}
    )
    device = Pipeline(
        replace(RULEBOOK, detectors={**RULEBOOK.detectors, "eating": {}}), None, started_at(MORNING)
    )
    found = findings(device, call, BLOCKS)
    assert device.failures == {"eating": "ZeroDivisionError: no such thing"}
    (fault,) = [f for f in found if f.kind == "fault"]
    assert fault.at == pytest.approx(3.0, abs=0.1)
    others = [f for f in sound if f.kind != "eating"]
    assert [f for f in found if f.kind != "fault"] == others


def test_without_a_model_nothing_that_waits_for_words_is_said(call: PcmArray) -> None:
    def load() -> PhoneModel:
        raise DeskcueError("wrong SHA-256")

    device, problem = build_pipeline(RULEBOOK, load, MORNING)
    assert problem == "wrong SHA-256"
    kinds = {finding.kind for finding in findings(device, call, [])}
    assert "phrase" not in kinds
    assert "interruption" in kinds


def test_lost_blocks_are_counted() -> None:
    device = build()
    for seq in (0, 1, 4, 5):
        device.feed(Block(seq, np.zeros((960, 2), dtype=np.int16)))
    assert device.lost_blocks == 2


def test_a_signal_of_the_phone_system_counts() -> None:
    device = build(load_phone_model())
    silence = np.zeros((RATE, 2), dtype=np.int16)
    device.feed(Block(0, silence))
    device.signal(CallSignal(CallAction.START))
    found = [f for seq in range(1, 20) for f in device.feed(Block(seq, silence)).findings]
    assert {"A2"} <= {f.clause for f in found if f.kind == "omission"}


def test_a_call_that_ends_is_summed_up_and_its_findings_name_it(call: PcmArray) -> None:
    device = build(load_phone_model())
    device.signal(CallSignal(CallAction.START))
    found = device.feed(Block(0, call[: 30 * RATE])).findings
    (summary,) = device.signal(CallSignal(CallAction.END)).summaries
    assert (summary.start, summary.end) == (0.0, 30.0)
    assert 8 < summary.talk_s < 20
    assert 8 < summary.listen_s < 20
    assert summary.counts["F5"] == 1
    assert summary.pace == pytest.approx(5, abs=1.5)
    assert {finding.call for finding in found} == {0.0}
