"""How much of a processor a model takes for one face on this machine."""

import platform
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np

from emotion.models.card import SpeedRecord
from emotion.models.classifier import Classifier

TURNS: Final = 60
WARM: Final = 10
"""Turns before those that count."""


def measure_speed(classifier: Classifier) -> SpeedRecord:
    """The median processor time in milliseconds from a crop to its probabilities, one face at a
    time: of all threads of this process, which does nothing else meanwhile. What other processes
    do hardly changes it."""
    side = classifier.crop_size
    faces = np.random.default_rng(0).integers(0, 256, (1, side, side), dtype=np.uint8)
    times = []
    for _ in range(WARM + TURNS):
        start = process_time()
        classifier.probabilities(faces)
        times.append(process_time() - start)
    return SpeedRecord(
        backend=classifier.backend.description,
        processor=processor_name(),
        milliseconds=round(1000 * float(np.median(times[WARM:])), 2),
    )


def processor_name() -> str:
    """What the processor calls itself."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text("utf-8").splitlines() if about.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
