"""Which rulebook is in force: the desk's own, or that of a call."""

from firmware_py.core.errors import DeskcueError
from firmware_py.rules import Rulebook, RulebookReloader, load_rulebook
from firmware_py.rules.tuned import tuned
from firmware_py.settings.config import Config


class RulebookChoice:
    """Keeps the desk's rulebook fresh, and finds that of a call; both as the settings tune them."""

    def __init__(self, config: Config) -> None:
        """Read the desk's.

        Raises:
            DeskcueError: it cannot be used.
        """
        self._profile_problem = ""
        self._reloader = RulebookReloader(config.rulebook)
        self._name, self._tuning = config.rulebook, config.rules
        self.own: Rulebook = tuned(self._reloader.rulebook, self._tuning)
        """The desk's."""

    def after(self, config: Config) -> "RulebookChoice":
        """The choice by other settings; itself where they say the same.

        Raises:
            DeskcueError: their rulebook cannot be used.
        """
        same = (config.rulebook, config.rules) == (self._name, self._tuning)
        return self if same else RulebookChoice(config)

    @property
    def problem(self) -> str:
        """What is wrong with a rulebook; empty if nothing."""
        return self._reloader.problem or self._profile_problem

    def refresh(self) -> bool:
        """Look at the files; True if there is news."""
        news = self._reloader.refresh()
        if news:
            self.own = tuned(self._reloader.rulebook, self._tuning)
        return news

    def of_call(self, profile: str) -> Rulebook:
        """The rulebook of a call that starts; ``profile`` names it, empty is the desk's."""
        self._profile_problem = ""
        if profile:
            try:
                return tuned(load_rulebook(profile), self._tuning)
            except DeskcueError as error:
                name = self._reloader.rulebook.name
                self._profile_problem = f"{error}; the call goes on with {name}"
        return self.own
