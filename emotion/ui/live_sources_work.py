"""What a job does with uploaded files: pictures one by one, or the frames of a video."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from emotion.data.pictures import MAX_PIXELS, read_bgr
from emotion.errors import EmotionError, PictureError
from emotion.models.classifier import Classifier
from emotion.sessions.finished import save_finished
from emotion.sessions.rows import TimedResult
from emotion.sessions.schema import NAME_LENGTH
from emotion.sessions.store import SessionInfo, SessionStore
from emotion.sessions.writer import SAMPLES_PER_S
from emotion.ui.live_sources_job import Watch, jpeg
from emotion.vision.detector import DETECTION_SIZE, FaceDetector
from emotion.vision.overlay import draw
from emotion.vision.pipeline import Pipeline
from emotion.vision.sources import read_video, video_facts
from emotion.vision.tracker import Tracker
from emotion.vision.types import FrameBgr, FrameResult
from emotion.vision.video_writer import VideoWriter, best_kind

MAX_PICTURES: Final = 300
MAX_VIDEO_S: Final = 2 * 60 * 60
SHOWN_PX: Final = 1280
"""Longest side of the annotated pictures that are kept for the page."""
PATIENT_SIZES: Final = (640, DETECTION_SIZE)
"""A picture is not in a hurry: it is searched at twice the size, which finds the small faces
of a group, and where that finds none at the live size, which finds the largest: of 85 faces
of FER+ that fill a picture the first finds 72, the second 79, both together 81."""
PATIENT_FACES: Final = 32


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the browser sent it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReadPicture:
    """A picture that was read: annotated JPEG and faces, or why it could not be."""

    name: str
    jpeg: bytes = b""
    result: FrameResult | None = None
    error: EmotionError | None = None


class Pictures:
    """Uploaded pictures. `read` grows as they are done, in their order."""

    def __init__(
        self, uploads: Sequence[Upload], classifier: Classifier, model: str, language: str
    ) -> None:
        self.model = model
        self.count = len(uploads)
        self.read: list[ReadPicture] = []
        self._uploads = list(uploads)
        self._classifier = classifier
        self._language = language

    @property
    def name(self) -> str:
        """The first file's name."""
        return self.read[0].name if self.read else ""

    @property
    def results(self) -> list[TimedResult]:
        """The pictures as a session: a second apart, each face with a number of its own."""
        found = [one.result for one in self.read if one.result is not None]
        timed, faces_before = [], 0
        for number, result in enumerate(found):
            faces = tuple(
                replace(face, track_id=faces_before + place)
                for place, face in enumerate(result.faces, start=1)
            )
            faces_before += len(faces)
            numbered = replace(result, time_s=float(number), faces=faces)
            timed.append(TimedResult(number, float(number), numbered))
        return timed

    def run(self, watch: Watch, folder: Path) -> None:
        """Read all; a picture that cannot be read is an entry with its sentence."""
        detectors: list[FaceDetector] = []
        while self._uploads:
            upload = self._uploads.pop(0)
            self.read.append(self._one(upload, detectors, folder))
            if shown := self.read[-1].jpeg:
                watch.preview = shown
            watch.step(len(self.read) / self.count)

    def close(self) -> None:
        """Forget the pictures."""
        self._uploads.clear()

    def _one(self, upload: Upload, detectors: list[FaceDetector], folder: Path) -> ReadPicture:
        try:
            with _on_disk(upload, folder) as path:
                picture = read_bgr(path)
        except EmotionError as error:
            return ReadPicture(upload.name, error=error)
        result = self._search(picture, detectors)
        draw(picture, result, self._language)
        return ReadPicture(upload.name, jpeg(picture, SHOWN_PX), result)

    def _search(self, picture: FrameBgr, detectors: list[FaceDetector]) -> FrameResult:
        """What the first of `PATIENT_SIZES` finds that finds a face; `detectors` are those in
        use so far, and grow when one more is needed."""
        for place, size in enumerate(PATIENT_SIZES):
            if place == len(detectors):
                detectors.append(FaceDetector(detection_size=size, max_faces=PATIENT_FACES))
            pipeline = Pipeline(detectors[place], self._classifier, Tracker())
            result = pipeline.process(picture, 0.0)
            if result.faces:
                break
        return result


class Clip:
    """An uploaded video. `results` grows while it is read: ten a second of its own time, as
    a recording has. `store` and `session` hold them at the end, in the job's folder."""

    def __init__(
        self, upload: Upload, classifier: Classifier, model: str, language: str, *, annotate: bool
    ) -> None:
        self.name = upload.name
        self.model = model
        self.kind = best_kind() if annotate else None
        self.results: list[TimedResult] = []
        self.faces: set[int] = set()
        self.reached_s = 0.0
        self.annotated: Path | None = None
        self.store: SessionStore | None = None
        self.session: SessionInfo | None = None
        self._upload: Upload | None = upload
        self._classifier = classifier
        self._language = language

    def run(self, watch: Watch, folder: Path) -> None:
        """Read it frame by frame. What was read before an error or a cancel stays."""
        assert self._upload is not None, "a job runs once"
        try:
            with _on_disk(self._upload, folder) as path:
                self._upload = None
                self._read(path, watch, folder)
        finally:
            if self.faces:
                self._store(folder)

    def close(self) -> None:
        """Let go of the database in the job's folder."""
        if self.store is not None:
            self.store.close()

    def _read(self, path: Path, watch: Watch, folder: Path) -> None:
        facts = video_facts(path)
        _refuse_too_large(path, facts.size_wh, facts.duration_s)
        pipeline = Pipeline(FaceDetector(), self._classifier, Tracker())
        if self.kind is None:
            self._follow(path, pipeline, watch, facts.duration_s, None)
            return
        annotated = folder / f"annotated{self.kind.suffix}"
        with VideoWriter(annotated, facts.rate, self.kind) as writer:
            self.annotated = annotated
            self._follow(path, pipeline, watch, facts.duration_s, writer.write)

    def _follow(
        self,
        path: Path,
        pipeline: Pipeline,
        watch: Watch,
        duration_s: float | None,
        write: Callable[[FrameBgr, float], None] | None,
    ) -> None:
        start_s: float | None = None
        due_s = 0.0
        for at_s, frame in read_video(path):
            start_s = at_s if start_s is None else start_s
            time_s = self.reached_s = max(at_s - start_s, self.reached_s)
            _refuse_too_large(path, frame.shape[1::-1], time_s)
            result = pipeline.process(frame, time_s)
            self.faces.update(face.track_id for face in result.faces)
            if time_s >= due_s - 1e-6:
                self.results.append(TimedResult(len(self.results), time_s, result))
                due_s += 1 / SAMPLES_PER_S
                if due_s <= time_s:
                    due_s = time_s + 1 / SAMPLES_PER_S
            if write is not None or watch.wants_preview:
                draw(frame, result, self._language)
                if watch.wants_preview:
                    watch.show(frame)
            if write is not None:
                write(frame, time_s)
            watch.step(time_s / duration_s if duration_s else None)

    def _store(self, folder: Path) -> None:
        self.store = SessionStore(f"sqlite:///{folder / 'result.db'}")
        number = save_finished(self.store, self.name[:NAME_LENGTH], self.model, self.results)
        self.session = self.store.get(number)


def _refuse_too_large(path: Path, size_wh: tuple[int, ...], seconds: float | None) -> None:
    if size_wh[0] * size_wh[1] > MAX_PIXELS:
        raise PictureError(
            "The video {path} has frames of {width} × {height} pixels; up to {most} million "
            "are read. Make it smaller.",
            path=path,
            width=size_wh[0],
            height=size_wh[1],
            most=MAX_PIXELS // 1_000_000,
        )
    if seconds is not None and seconds > MAX_VIDEO_S:
        raise PictureError(
            "The video {path} is longer than {hours} hours. Cut it into shorter pieces.",
            path=path,
            hours=MAX_VIDEO_S // 3600,
        )


@contextmanager
def _on_disk(upload: Upload, folder: Path) -> Iterator[Path]:
    """The upload as a file for as long as the block runs; errors name it as the user does."""
    path = folder / ("upload" + Path(upload.name).suffix[:10])
    path.write_bytes(upload.content)
    try:
        yield path
    except EmotionError as error:
        if error.values.get("path") != path:
            raise
        raise type(error)(error.template, **error.values | {"path": upload.name}) from error
    finally:
        path.unlink()
