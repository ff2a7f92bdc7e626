"""The events of runs as a whole: each line is read once, and what was done again counts once.

A list of hundreds of runs needs no single steps: of steps (and of pictures read) that follow
each other, a brief history keeps the last alone and does not even parse the others.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path

from emotion.training.events import PASSING, Event, EventReader


class Histories:
    """The events so far of the runs asked for last, at most `most` of them; thread-safe.

    Asked again, only what a run has written since is read.
    """

    def __init__(self, *, brief: bool, most: int) -> None:
        self._brief, self._most = brief, most
        self._known: OrderedDict[Path, tuple[EventReader, list[Event]]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, folder: Path) -> tuple[Event, ...]:
        """All events of the run in `folder`; without single steps where they are brief."""
        with self._lock:
            reader, events = self._known.pop(folder, (None, []))
            if reader is None or reader.shrunk():
                reader, events = EventReader(folder, brief=self._brief), []
            for event in reader.read_new():
                if self._brief and events and _replaces(event, events[-1]):
                    events.pop()
                events.append(event)
            self._known[folder] = (reader, events)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
            return tuple(events)


def _replaces(event: Event, last: Event) -> bool:
    return event["kind"] == last["kind"] and event["kind"] in PASSING


def course(events: Iterable[Event]) -> list[Event]:
    """The steps and epochs that count, in order.

    A run that was killed goes on from its checkpoint: it repeats what came after, and what
    it did there before counts no more.
    """
    kept: list[Event] = []
    for event in events:
        if event["kind"] in ("step", "epoch"):
            while kept and _place(kept[-1]) >= _place(event):
                kept.pop()
            kept.append(event)
    return kept


def epochs(events: Iterable[Event]) -> list[Event]:
    """The epochs that count, in order."""
    return [event for event in course(events) if event["kind"] == "epoch"]


def worked_s(events: Sequence[Event]) -> list[float]:
    """For each event the seconds that the run had worked by then: time between two
    processes, and in the queue, does not count."""
    total, seconds = 0.0, []
    for number, event in enumerate(events):
        if number and not _begins(event, events[number - 1]):
            total += max(event["time"] - events[number - 1]["time"], 0.0)
        seconds.append(total)
    return seconds


def _place(event: Event) -> tuple[int, float]:
    """Where in the course it stands; an epoch's scores come after all its steps."""
    return event["epoch"], event["step"] if event["kind"] == "step" else float("inf")


def _begins(event: Event, before: Event) -> bool:
    """Whether `event` is the first of a process, or of its work."""
    first = event["kind"] == "phase" and event["name"] == "reading"
    return first or event["kind"] == "queued" or before["kind"] in ("ended", "queued")
