"""Progress of long calculations, shown by whichever front end runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

# Takes the steps, their number and a description; yields them one by one.
Show = Callable[[Iterable[int], int, str], Iterable[int]]
_show: ContextVar[Show | None] = ContextVar("show", default=None)


def track(steps: Sequence[int] | range, what: str) -> Iterator[int]:
    """The steps of a long calculation, one by one, with its progress shown as `what`."""
    show = _show.get()
    yield from steps if show is None else show(steps, len(steps), what)


@contextmanager
def shown_by(show: Show) -> Iterator[None]:
    """Show the progress of every calculation inside."""
    token = _show.set(show)
    try:
        yield
    finally:
        _show.reset(token)
