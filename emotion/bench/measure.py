"""Processor and wall time, and their medians."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class Times:
    """Milliseconds of one step, one entry a call: of all threads of the process (`cpu`) and
    of the clock on the wall (`wall`)."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def call(self, step: Callable[P, R], *values: P.args, **named: P.kwargs) -> R:
        """What `step` returns, its times noted."""
        cpu, wall = process_time(), perf_counter()
        answer = step(*values, **named)
        self.wall.append((perf_counter() - wall) * 1000)
        self.cpu.append((process_time() - cpu) * 1000)
        return answer


def middle(values: Sequence[float]) -> float:
    """The median, to microseconds."""
    return round(float(np.median(values)), 3)


def late(values: Sequence[float]) -> float:
    """What 95 % of the values stay below, to microseconds."""
    return round(float(np.percentile(values, 95)), 3)


def mean(values: Sequence[float]) -> float:
    """The mean, to microseconds."""
    return round(float(np.mean(values)), 3)
