"""Says in the log what is wrong when it begins and when it ends, not at every try."""

import logging

_log = logging.getLogger(__name__)


class TroubleLog:
    """For one thing that may be away: the broker, or the database."""

    def __init__(self, what: str) -> None:
        """Begin without trouble; ``what`` is it that may be away."""
        self._what, self._trouble = what, ""

    def say(self, trouble: str) -> None:
        """Take what is wrong now, one line; empty if nothing is."""
        if trouble and trouble != self._trouble:
            _log.warning("%s", trouble)
        elif self._trouble and not trouble:
            _log.info("%s works again", self._what)
        self._trouble = trouble
