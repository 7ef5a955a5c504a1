"""The one error a person ever reads: what is wrong, where, and what to do."""


class DeskcueError(Exception):
    """A fault outside the program (a file, a device, a setting), in one clear line.

    ``str(error)`` is that line. The command line prints it and exits with 1; a service logs it
    and goes on without the part that failed.
    """


class UsageError(DeskcueError):
    """The command was called wrongly; the command line exits with 2."""
