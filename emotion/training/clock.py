"""How fast a run is, and how long it has to go."""

import time

from emotion.training.checkpoint import Progress
from emotion.training.config import TrainConfig


class Clock:
    """Speed and time left, in pictures weighted by their area (a larger size takes longer)."""

    def __init__(self, config: TrainConfig, steps: int, progress: Progress) -> None:
        self._config, self._steps = config, steps
        self._size = config.size_at(progress.epoch)
        self._start = self._epoch_start = time.monotonic()
        self._done = 0.0
        self._pictures = 0
        sizes = [config.size_at(epoch) for epoch in range(config.epochs)]
        self._left = sum(size**2 * steps for size in sizes[progress.epoch :])
        self._left -= config.size_at(progress.epoch) ** 2 * progress.step
        self._epoch_left = steps - progress.step

    def tick(self, size: int) -> None:
        """One step is done."""
        self._done += size**2
        self._left -= size**2
        self._size = size
        self._epoch_left -= 1
        self._pictures += self._config.batch_size

    @property
    def pictures_per_s(self) -> float:
        """Since the start of this process."""
        return self._pictures / max(time.monotonic() - self._start, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """Of the whole run; None in the first ten steps, which are slower."""
        return self._seconds_for(max(self._left, 0.0))

    @property
    def epoch_seconds_left(self) -> float | None:
        """Of the present epoch, its evaluation not counted; None as in `seconds_left`."""
        return self._seconds_for(self._size**2 * self._epoch_left)

    def _seconds_for(self, work: float) -> float | None:
        if self._pictures < 10 * self._config.batch_size:
            return None
        return (time.monotonic() - self._start) / self._done * work

    def epoch_seconds(self) -> float:
        """Of the epoch that ends now: since the last call, or the start."""
        now = time.monotonic()
        seconds, self._epoch_start = now - self._epoch_start, now
        self._epoch_left = self._steps
        return seconds
