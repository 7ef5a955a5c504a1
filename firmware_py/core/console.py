"""Rich's console, for what people read on a terminal."""

from typing import NoReturn

import rich.console


class Console(rich.console.Console):
    """A console whose reader may have had enough, which is no failure."""

    def on_broken_pipe(self) -> NoReturn:
        """Leave it to the command line, which knows the right exit code."""
        raise BrokenPipeError
