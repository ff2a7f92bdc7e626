"""Follow faces over frames, so that each keeps its id and its label does not flicker.

`Tracker` knows who is who (`matching`, `motion`) and what each one shows (`smoothing`).
"""

from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

import numpy as np

from emotion.vision.baseline import Baseline
from emotion.vision.matching import match
from emotion.vision.motion import Motion
from emotion.vision.smoothing import (
    DEFAULT_STRENGTH,
    SmoothedLabel,
    SteadyReasons,
    time_constant_s,
)
from emotion.vision.thresholds import DEFAULT_CONFIDENCE
from emotion.vision.types import Face, FloatArray, Quality, Reason, TrackedFace

FORGET_S: Final = 2.0
"""How long a track waits for its face: someone who bends down, a hand in front, two who pass
each other. Later it could be another person in the same place."""


@dataclass(slots=True)
class Track:
    """One face over time. `face` is where it was last seen or thought to be, `visible` whether
    the detector's last look found it."""

    track_id: int
    face: Face
    seen_s: float
    motion: Motion = field(repr=False)
    visible: bool = True
    label: SmoothedLabel | None = field(default=None, repr=False)
    reasons: SteadyReasons | None = field(default=None, repr=False)


class Tracker:
    """The tracks of one stream. Ids count from 1 and are never used again.

    A frame takes two calls, with the classifier between them: `follow` (or `carry` where the
    detector was left out) gives each face its track, `judge` takes in what the classifier
    says. One thread calls these; `strength` and the baselines may be changed by another one at
    any time.
    """

    def __init__(self, *, strength: float = DEFAULT_STRENGTH, forget_s: float = FORGET_S) -> None:
        if forget_s < 0:
            raise ValueError(f"a time must not be negative: {forget_s}")
        self.strength = strength
        self._forget_s = forget_s
        self._tracks: list[Track] = []
        self._ids = count(1)
        self._size_wh: tuple[int, int] | None = None
        self._baselines: dict[int, Baseline] = {}

    @property
    def strength(self) -> float:
        """How strongly labels are smoothed, 0 to 1; what it costs says
        `emotion.vision.smoothing.delay_ms`."""
        return self._strength

    @strength.setter
    def strength(self, strength: float) -> None:
        time_constant_s(strength)  # raises ValueError outside of 0 to 1
        self._strength = strength

    def set_baseline(self, track_id: int, baseline: Baseline | None) -> None:
        """Correct a person's probabilities from now on, or with None no longer.

        It is forgotten with the track.
        """
        if baseline is None:
            self._baselines.pop(track_id, None)
        else:
            self._baselines[track_id] = baseline

    def forget_baselines(self) -> None:
        """Correct nobody's probabilities from now on, for example with another model."""
        self._baselines.clear()

    def follow(
        self, faces: tuple[Face, ...], time_s: float, size_wh: tuple[int, int] | None = None
    ) -> tuple[Track, ...]:
        """The track of each face that the detector found, in the order of `faces`.

        Call it for a frame without faces as well. `size_wh` is the frame's width and height:
        where it changes, the tracks are scaled.
        """
        self._rescale(size_wh)
        self._forget(time_s)
        pairs = self._match(faces, time_s)
        for track in self._tracks:
            track.visible = False
        return tuple(
            self._see(self._tracks[pairs[index]], face, time_s)
            if index in pairs
            else self._begin(face, time_s)
            for index, face in enumerate(faces)
        )

    def expected(self, time_s: float) -> FloatArray:
        """Where the faces of the detector's last look should be now, boxes `(n, 4)` xyxy."""
        visible = [track.motion.predict(time_s) for track in self._tracks if track.visible]
        return np.array(visible, np.float32).reshape(-1, 4)

    def carry(self, time_s: float) -> tuple[Track, ...]:
        """The tracks that the detector's last look found, moved to where they should be now."""
        self._forget(time_s)
        visible = [track for track in self._tracks if track.visible]
        for track in visible:
            track.face = _moved(track.face, track.motion.predict(time_s))
        return tuple(visible)

    def judge(
        self,
        tracks: tuple[Track, ...],
        probabilities: FloatArray,
        time_s: float,
        qualities: tuple[Quality, ...] | None = None,
        least_confidence: float = DEFAULT_CONFIDENCE,
    ) -> tuple[TrackedFace, ...]:
        """What each track shows, given its `probabilities` `(tracks, 7)` and the picture's
        quality; below `least_confidence` a label is not sure."""
        if len(tracks) != len(probabilities):
            raise ValueError(f"{len(tracks)} faces, but {len(probabilities)} rows of probabilities")
        given = qualities or (None,) * len(tracks)
        return tuple(
            self._judge_one(track, row, time_s, quality, least_confidence)
            for track, row, quality in zip(tracks, probabilities, given, strict=True)
        )

    def _judge_one(
        self,
        track: Track,
        row: FloatArray,
        time_s: float,
        quality: Quality | None,
        least_confidence: float,
    ) -> TrackedFace:
        baseline = self._baselines.get(track.track_id)
        corrected = row if baseline is None else baseline.apply(row)
        if track.label is None:
            track.label = SmoothedLabel(corrected, time_s)
        else:
            track.label.update(corrected, time_s, self._strength)
        smoothed, held = track.label.probabilities, track.label.index
        found: tuple[Reason, ...] = () if quality is None else quality.reasons
        if smoothed[held] < least_confidence:
            found = (*found, "low_confidence")
        if track.reasons is None:
            track.reasons = SteadyReasons(found)
        return TrackedFace(
            track_id=track.track_id,
            face=track.face,
            probabilities=row,
            smoothed=smoothed,
            held=held,
            reasons=track.reasons.update(found, time_s),
            quality=quality,
            baseline=baseline is not None,
        )

    def _match(self, faces: tuple[Face, ...], time_s: float) -> dict[int, int]:
        if not faces or not self._tracks:
            return {}
        expected = np.stack([track.motion.predict(time_s) for track in self._tracks])
        unseen_s = np.array([max(0.0, time_s - track.seen_s) for track in self._tracks])
        return match(expected, unseen_s, np.stack([face.box_xyxy for face in faces]))

    def _begin(self, face: Face, time_s: float) -> Track:
        track = Track(next(self._ids), face, time_s, Motion(face.box_xyxy, time_s))
        self._tracks.append(track)
        return track

    def _see(self, track: Track, face: Face, time_s: float) -> Track:
        track.motion.correct(face.box_xyxy, time_s)
        track.face, track.seen_s, track.visible = face, time_s, True
        return track

    def _forget(self, time_s: float) -> None:
        # The distance counts both ways: a clock that starts anew forgets everything.
        self._tracks = [t for t in self._tracks if abs(time_s - t.seen_s) <= self._forget_s]
        known = {track.track_id for track in self._tracks}
        for track_id in [one for one in list(self._baselines) if one not in known]:
            self._baselines.pop(track_id, None)

    def _rescale(self, size_wh: tuple[int, int] | None) -> None:
        old, self._size_wh = self._size_wh, size_wh or self._size_wh
        if old is None or self._size_wh is None or old == self._size_wh:
            return
        scale_xy = np.divide(self._size_wh, old).astype(np.float32)
        for track in self._tracks:
            track.motion.scale(scale_xy)


def _moved(face: Face, box_xyxy: FloatArray) -> Face:
    """The face in another box, its landmarks moved and scaled along."""
    old, new = face.box_xyxy.reshape(2, 2), box_xyxy.reshape(2, 2)
    scale_xy = (new[1] - new[0]) / np.maximum(old[1] - old[0], 1e-3)
    landmarks_xy = (face.landmarks_xy - old[0]) * scale_xy + new[0]
    return replace(face, box_xyxy=box_xyxy, landmarks_xy=landmarks_xy.astype(np.float32))
