"""``python -m lab.fleet``: what measures a floor."""

from lab.fleet import measure


def test_a_small_floor_is_measured_and_misses_its_size() -> None:
    results = {one.id: one for one in measure(2, 200.0, 0.5, 1200)}
    assert results["fleet.desks.connected"].value == 2
    assert not results["fleet.desks.connected"].passed
    assert results["fleet.events.kept"].value == 100
    assert results["fleet.collector.rate"].value > 0
    assert results["fleet.events.delay_p95"].value > 0
