"""Names of floors and desks, in the order in which people count."""

import pytest

from firmware_py.fleet.names import in_order


@pytest.mark.parametrize(
    "names",
    [
        ["2", "3-2", "3-10", "10"],
        ["一楼", "五楼", "六楼", "十楼", "十二楼", "二十一楼", "一百零三楼", "东区"],
    ],
)
def test_names_sort_as_people_count(names: list[str]) -> None:
    assert sorted(sorted(names), key=in_order) == names
