"""How the faces of one stream are read, as far as it may be changed while it runs: how steady
labels are, and the neutral baselines. Knows nothing of Streamlit.
"""

import threading

from emotion.errors import CameraError
from emotion.models.card import ThresholdRecord
from emotion.vision.baseline import Calibration
from emotion.vision.pipeline import Pipeline
from emotion.vision.tracker import Tracker
from emotion.vision.trial import Trial
from emotion.vision.types import FrameResult


class Reading:
    """The part of a pipeline that the page changes, and a calibration that is under way.

    `note` runs in the worker's thread, all else in page scripts.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        """Baselines of before are dropped: they belong to what another model said."""
        self._pipeline = pipeline
        self._lock = threading.Lock()
        self._calibration: Calibration | None = None
        self._failed: CameraError | None = None
        pipeline.tracker.forget_baselines()

    @property
    def tracker(self) -> Tracker:
        """Who is who; the pipeline of another model goes on with it, so that ids stay."""
        return self._pipeline.tracker

    @property
    def strength(self) -> float:
        """How strongly labels are smoothed, 0 to 1 (`Tracker.strength`)."""
        return self.tracker.strength

    @strength.setter
    def strength(self, strength: float) -> None:
        self.tracker.strength = strength

    @property
    def every_frame(self) -> bool:
        """Whether the detector looks at every frame, whatever that takes."""
        return self._pipeline.cadence.every_frame

    @every_frame.setter
    def every_frame(self, every_frame: bool) -> None:
        self._pipeline.cadence.every_frame = every_frame

    @property
    def least_confidence(self) -> float:
        """Below this confidence a label is not shown."""
        return self._pipeline.least_confidence

    @property
    def trial(self) -> Trial | None:
        """The second model that reads the same faces, if one does."""
        return self._pipeline.trial

    @trial.setter
    def trial(self, trial: Trial | None) -> None:
        self._pipeline.trial = trial

    @property
    def threshold(self) -> ThresholdRecord | None:
        """How that confidence was chosen for this model; None: it is the default."""
        return self._pipeline.classifier.card.confidence_threshold

    def calibrate(self, track_id: int) -> None:
        """Begin to learn the neutral face of a track; what was corrected before is undone."""
        with self._lock:
            self.tracker.set_baseline(track_id, None)
            self._calibration, self._failed = Calibration(track_id), None

    def undo(self, track_id: int) -> None:
        """Correct the face no longer, and end a calibration of it."""
        with self._lock:
            self.tracker.set_baseline(track_id, None)
            if self._calibration is not None and self._calibration.track_id == track_id:
                self._calibration = None

    @property
    def calibrating(self) -> tuple[int, float] | None:
        """The track that is being calibrated and the share of the time that has passed."""
        calibration = self._calibration
        return None if calibration is None else (calibration.track_id, calibration.progress)

    @property
    def failed(self) -> CameraError | None:
        """Why the last calibration did not succeed, until `dismiss` or a new one."""
        return self._failed

    def dismiss(self) -> None:
        """The failure has been read."""
        self._failed = None

    def note(self, result: FrameResult) -> None:
        """Take a result into the calibration that is under way, and end it in time."""
        with self._lock:
            calibration = self._calibration
            if calibration is None:
                return
            calibration.add(result.faces, result.time_s)
            if calibration.progress < 1:
                return
            self._calibration = None
            try:
                self.tracker.set_baseline(calibration.track_id, calibration.finish())
            except CameraError as error:
                self._failed = error
