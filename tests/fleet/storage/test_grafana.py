"""``docs/grafana``: every query of every dashboard, on a real PostgreSQL."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from firmware_py.fleet.storage.database import open_engine, parse_url
from firmware_py.fleet.storage.store import Store
from tests.checkout import ROOT
from tests.fleet.floors.test_report import contest, messages

FOLDER = ROOT / "docs" / "grafana"
BOARDS = sorted(FOLDER.glob("*.json"))
NOW = datetime.now(UTC)


def expanded(query: str) -> str:
    """The query as Grafana's PostgreSQL data source sends it, all floors chosen."""
    since, until = (NOW - timedelta(days=7)).isoformat(), (NOW + timedelta(hours=1)).isoformat()
    query = re.sub(r"\$__timeFilter\(([\w.]+)\)", rf"\1 BETWEEN '{since}' AND '{until}'", query)
    query = query.replace("${floor:sqlstring}", "'3','4'")
    assert "$" not in query
    return query


def queries(board: Path) -> Iterator[tuple[str, str]]:
    told = json.loads(board.read_text("utf-8"))
    for panel in told["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["rawSql"]
    for variable in told["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["label"], variable["query"]


@pytest.fixture
def db(database: str) -> Iterator[sa.Connection]:
    """A floor of six desks, one of which contests, and a floor of two."""
    store = Store(database, lambda: datetime.now(UTC))
    began = NOW.timestamp() - 3600
    for number in range(6):
        store.add(messages("3", number, began))
    for number in range(2):
        store.add(messages("4", number, began))
    store.add(messages("3", 5, began - 2 * 86400))  # an hour of one agent alone
    store.add([contest(messages("3", 1, began)[0])])
    store.close()
    engine = open_engine(parse_url(database), 1.0)
    with engine.connect() as line:
        yield line
    engine.dispose()


@pytest.mark.parametrize("board", BOARDS, ids=lambda path: path.stem)
def test_every_query_runs(board: Path, db: sa.Connection) -> None:
    for title, query in queries(board):
        found = db.execute(sa.text(expanded(query).replace(":", r"\:"))).fetchall()
        assert found or title == "Refused messages", title


def test_no_panel_of_floors_shows_one_of_a_few_people_or_a_desk(db: sa.Connection) -> None:
    rows: list[Any] = []
    for _, query in queries(FOLDER / "floors.json"):
        rows += db.execute(sa.text(expanded(query).replace(":", r"\:"))).fetchall()
    cells = {cell for row in rows for cell in row}
    assert "3" in cells
    assert not {"4", "3-1"} & cells
    assert ("3", "not-said", 1) in rows
    assert ("3", 6, 6, 6) in rows  # desks, calls, findings
