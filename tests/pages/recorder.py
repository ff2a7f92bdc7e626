"""Sessions recorded by hand for the analysis page."""

from collections.abc import Sequence

from emotion.sessions.recording import Recording
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from tests.sessions.made import Clock, result
from tests.waiting import wait_for

Faces = Sequence[tuple[int, str]]
TWO_FACES: list[Faces] = [
    *[[(1, "happy")]] * 4,
    *[[(1, "happy"), (2, "sad")]] * 4,
    *[[(2, "angry")]] * 2,
    *[[]] * 3,
]
"""Two frames a second: one face is happy for 4 s, another sad for 2 s and angry for 1 s."""


class Recorder:
    """Records sessions with a frame in half a second."""

    def __init__(self, store: SessionStore) -> None:
        self._clock = Clock()
        self._store = store
        self._writer = SessionWriter(store, batch_s=0.01, clock=self._clock)
        self.close = self._writer.close

    def start(self, name: str, frames: Sequence[Faces]) -> Recording:
        """Begin a session; returns when `frames` are in the database."""
        recording = self._writer.start(name, "tiny")
        self.add(recording, frames)
        return recording

    def add(self, recording: Recording, frames: Sequence[Faces]) -> None:
        """Go on with `frames`; returns when they are in the database."""
        for faces in frames:
            recording.add(result(*faces))
            self._clock.now += 0.5
        wait_for("the frames", lambda: recording.waiting == 0)

    def __call__(self, name: str, frames: Sequence[Faces]) -> int:
        """Record a whole session; its number."""
        recording = self.start(name, frames)
        recording.stop()
        assert recording.wait(5)
        return recording.session_id
