"""Shows results to whoever measured them."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from lab.results.page import rows
from lab.results.result import Result


def show(results: Iterable[Result], console: Console | None = None) -> None:
    """Print a table of them, as the page would have it."""
    heads, *lines = rows(results)
    table = Table(*heads)
    for line in lines:
        table.add_row(*(cell.replace("**", "") for cell in line))
    (console or Console()).print(table)
