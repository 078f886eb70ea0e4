"""What every audit does alike: count what it compares, name each difference as it is found, conclude."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Findings:
    """Compared things by kind, and the number of differences. Prints each difference at once."""

    def __init__(self, say: Console) -> None:
        self.say = say
        self.compared: Counter[str] = Counter()
        self.differences = 0

    def differs(self, where: str, what: str) -> None:
        """Name a difference: the place, and what is wrong there."""
        self.differences += 1
        self.say.print(f"{where}: {what}", style="red", markup=False, soft_wrap=True)

    def conclude(self) -> int:
        """Print what was compared and found; the exit status: 1 when anything differs."""
        counted = ", ".join(f"{count:,} {what}" for what, count in self.compared.items())
        found = f"{self.differences:,} differences" if self.differences else "no difference"
        style = "red" if self.differences else "green"
        self.say.print(f"Compared {counted or 'nothing'}: {found}.", style=style, soft_wrap=True)
        return 1 if self.differences else 0


@contextmanager
def progress(say: Console) -> Generator[Progress]:
    """A progress bar on the same console; add a task for each pass."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=say,
        transient=True,
    ) as bar:
        yield bar
