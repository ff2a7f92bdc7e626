"""OpenVINO's core: one for the process, kept to its end.

A core's CPU plugin gives the thread that loads it a stack for signal handlers, and when it goes
puts back the one that was there before. When two cores go in the order in which they came, that is
the first one's, which is freed by then: the next signal that Python handles in that thread
crashes the process (OpenVINO 2026.4, seen with gdb).
"""

from functools import cache

from emotion.models import telemetry

telemetry.block()

import openvino as ov  # noqa: E402  (after the block)

__all__ = ["core", "ov"]


@cache
def core() -> ov.Core:
    """The process's core. Any thread may use it."""
    return ov.Core()
