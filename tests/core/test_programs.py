"""What programs of the system say, whatever that is."""

from firmware_py.core.programs import ask


def test_what_a_program_says_may_be_any_bytes() -> None:
    assert ask("printf", r"\xb2\xe2ok\n") == "\ufffd\ufffdok"


def test_a_program_that_is_not_there_or_fails_says_nothing() -> None:
    assert ask("no-such-program") == ""
    assert ask("sh", "-c", "echo half; exit 3") == ""
