"""What is remembered is the last rows, however they came."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from firmware_py.hearing.history import History

LEAST = 20


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30), st.integers(0, 99), st.data())
def test_rows_are_given_back_as_they_came(
    sizes: list[int], start: int, data: st.DataObject
) -> None:
    history = History(LEAST)
    rows = np.arange(start + sum(sizes), dtype=np.float32)
    first = start
    for size in sizes:
        part = rows[first : first + size]
        history.add(first, part, -part[:, np.newaxis])
        first += size
    assert history.end == first
    assert start <= history.begin <= max(start, first - LEAST)
    assert history.end - history.begin <= LEAST + max(sizes)
    begin = data.draw(st.integers(history.begin, history.end))
    last = data.draw(st.integers(begin, history.end))
    one, two = history.between(begin, last)
    assert one.tolist() == rows[begin:last].tolist()
    assert two.tolist() == [[-row] for row in one.tolist()]
