"""Says how each check went, and keeps the figures."""

from dataclasses import dataclass, field

from lab.results import Result, Target, at_most


@dataclass
class Report:
    """Of one Debian."""

    suite: str
    """Code name."""
    results: list[Result] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    checked: int = 0

    def check(self, what: str, well: object) -> None:
        """Print how it went."""
        self.checked += 1
        print(f"{'ok     ' if well else 'FAILED '} {what}", flush=True)
        if not well:
            self.failed.append(what)

    def measure(
        self,
        name: str,
        title: str,
        value: float,
        unit: str,
        target: Target | None,
        n: float | None = None,
        of: str = "",
        remarks: str = "",
    ) -> None:
        """Keep a figure; one that misses its target is a check that failed."""
        one = Result(
            id=f"desk.{self.suite}.{name}",
            question="desk",
            title=title,
            value=round(value, 3),
            unit=unit,
            n=n,
            of=of,
            target=target,
            conditions=f"Debian {self.suite}",
            remarks=remarks,
        )
        self.results.append(one)
        base = f" of {n:g} {of}" if n is not None else ""
        self.check(f"{title}: {one.value:g} {unit}".rstrip() + base, one.passed is not False)

    def sum_up(self, part: str) -> None:
        """Keep how many checks of a part failed."""
        self.results.append(
            Result(
                id=f"desk.{self.suite}.{part}.failed",
                question="desk",
                title=f"Checks that fail, {part}",
                value=len(self.failed),
                n=self.checked,
                of="checks",
                target=at_most(0),
                conditions=f"Debian {self.suite}",
                remarks="; ".join(self.failed),
            )
        )
