"""A second model on trial: it reads the same faces as the one in use, to be compared with it."""

from dataclasses import dataclass, field, replace

from emotion.models.classifier import Classifier
from emotion.vision.classify import classify_crops, crop_faces, least_confidence
from emotion.vision.tracker import FORGET_S, Track, Tracker
from emotion.vision.types import FrameBgr, Quality, TrackedFace


@dataclass(slots=True)
class Trial:
    """The model `name` and what its labels were, face by face. One thread calls `read`.

    It is smoothed as the model in use is, and sees the same square of the frame, scaled to
    its own input. It knows no neutral baselines: those belong to a model.
    """

    name: str
    classifier: Classifier
    _judge: Tracker = field(default_factory=Tracker, repr=False)
    _tracks: dict[int, Track] = field(default_factory=dict, repr=False)

    def read(
        self,
        frame_bgr: FrameBgr,
        tracks: tuple[Track, ...],
        time_s: float,
        qualities: tuple[Quality, ...],
        strength: float,
    ) -> tuple[TrackedFace, ...]:
        """What it says of each of the `tracks` of the frame, in their order."""
        self._judge.strength = strength
        known = {i: t for i, t in self._tracks.items() if abs(time_s - t.seen_s) <= FORGET_S}
        own = tuple(_like(track, known.get(track.track_id)) for track in tracks)
        self._tracks = known | {track.track_id: track for track in own}
        probabilities = classify_crops(crop_faces(frame_bgr, own, self.classifier), self.classifier)
        least = least_confidence(self.classifier)
        return self._judge.judge(own, probabilities, time_s, qualities, least)


def _like(track: Track, known: Track | None) -> Track:
    """The track as it is now, with the labels that this model gave it."""
    label, reasons = (known.label, known.reasons) if known else (None, None)
    return replace(track, label=label, reasons=reasons)
