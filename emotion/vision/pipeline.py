"""One frame: detect, follow, crop, classify, look at the picture's quality, smooth."""

from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np

from emotion.models.classifier import Classifier
from emotion.vision.cadence import Cadence
from emotion.vision.classify import classify_crops, crop_faces, least_confidence
from emotion.vision.matching import iou
from emotion.vision.quality import assess
from emotion.vision.tracker import Tracker
from emotion.vision.trial import Trial
from emotion.vision.types import Face, FrameBgr, FrameResult
from emotion.vision.wanted import Detector


@dataclass(slots=True)
class Pipeline:
    """All steps of one stream: tracker and cadence are its own, detector and classifier may
    be shared with other streams that the same thread serves.

    Without a cadence that has a budget every frame is searched for faces. With one, known faces
    are looked for where they should be, and the whole frame is searched five times a second, and
    at once where a face is missed or two come together. Where the detector is left out, faces are
    carried on by their tracks and classified all the same: at 30 frames a second the box of a
    head that sways at up to 1.9 heights a second departs by 0.03 of its height (RMS) from the
    detected one, and a shift by 0.03 changes the label of 4 % of FER+'s pictures; one by 0.015,
    as the detector's own boxes are shifted, that of 3 %. An expression that changes must not wait
    for the detector, which is the dearer part.

    A `trial` may be set and taken away at any time: its model reads the same faces as well.
    """

    detector: Detector
    classifier: Classifier
    tracker: Tracker
    cadence: Cadence = field(default_factory=Cadence)
    trial: Trial | None = None

    @property
    def least_confidence(self) -> float:
        """Below this confidence a label is not sure."""
        return least_confidence(self.classifier)

    def process(self, frame_bgr: FrameBgr, time_s: float) -> FrameResult:
        """What the frame `(height, width, 3)` at `time_s` of the stream's clock shows."""
        size_wh, trial = (frame_bgr.shape[1], frame_bgr.shape[0]), self.trial
        looks = self.cadence.due(size_wh, time_s)
        times = [perf_counter()]
        found = self._detect(frame_bgr, time_s) if looks else ()
        times.append(perf_counter())
        tracks = (
            self.tracker.follow(found, time_s, size_wh) if looks else self.tracker.carry(time_s)
        )
        times.append(perf_counter())
        crops = crop_faces(frame_bgr, tracks, self.classifier)
        probabilities = classify_crops(crops, self.classifier)
        times.append(perf_counter())
        qualities = tuple(
            assess(frame_bgr, track.face, crop) for track, crop in zip(tracks, crops, strict=True)
        )
        times.append(perf_counter())
        faces = self.tracker.judge(tracks, probabilities, time_s, qualities, self.least_confidence)
        times.append(perf_counter())
        if trial is not None:
            others = trial.read(frame_bgr, tracks, time_s, qualities, self.tracker.strength)
            faces = tuple(replace(a, trial=b) for a, b in zip(faces, others, strict=True))
        times.append(perf_counter())
        detect, follow, classify, quality, judge, tried = (np.diff(times) * 1000).tolist()
        track = follow + judge
        self.cadence.note(
            detection_ms=detect if looks else None, rest_ms=classify + quality + track + tried
        )
        timings_ms = {"detect": detect, "classify": classify, "quality": quality, "track": track}
        if trial is not None:
            timings_ms["trial"] = tried
        return FrameResult(time_s, size_wh, faces, timings_ms, looks)

    def _detect(self, frame_bgr: FrameBgr, time_s: float) -> tuple[Face, ...]:
        """The known faces where they are expected, if all are there; else all of the frame's."""
        expected = self.tracker.expected(time_s)
        apart = np.count_nonzero(iou(expected, expected)) == len(expected)
        if len(expected) and apart and not self.cadence.searches(time_s):
            found = self.detector.follow(frame_bgr, expected)
            if len(found) == len(expected):
                return found
        self.cadence.searched(time_s)
        return self.detector.detect(frame_bgr)
