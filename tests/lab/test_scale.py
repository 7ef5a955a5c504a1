"""``docs/scale.md``: its figures are those of lab/results and the arithmetic of its text."""

from lab.results import results_by_id
from lab.scale import PAGE, Inputs, load, page


def test_the_page_is_computed_from_what_was_measured() -> None:
    assert PAGE.read_text("utf-8") == page(results_by_id()), "run python -m lab.scale"


def test_the_arithmetic() -> None:
    measured = Inputs(2000, 20.0, 3000.0, 150.0, 1000, 500)
    one = load(100_000, measured)
    assert round(one.events) == 1667
    assert round(one.health) == 1667
    assert round(one.mbit, 1) == 20.0
    assert one.brokers == 50
    assert one.collectors == 2
    assert one.cores == 0.25
    assert one.drain == 500_000
    assert one.gigabytes == 48.0


def test_a_slow_return_takes_more_brokers() -> None:
    assert load(2000, Inputs(2000, 180.0, 3000.0, 150.0, 1000, 500)).brokers == 3
