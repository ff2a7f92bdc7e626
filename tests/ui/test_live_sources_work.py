"""Pictures and a video of a real face through the real pipeline; the classifier is a small
one of the tests."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image

from emotion.data.pictures import MAX_PIXELS
from emotion.models.card import InputSpec, ModelCard, WeightsRecord
from emotion.models.classifier import Classifier
from emotion.sessions.finished import save_finished
from emotion.sessions.store import SessionStore
from emotion.ui import live_sources_work
from emotion.ui.live_sources_job import SourceJob, Work
from emotion.ui.live_sources_work import Clip, Pictures, Upload
from emotion.vision.types import FrameBgr
from tests.e2e.camera import portrait_frame
from tests.vision.made import BrightnessBackend

FRAMES, RATE = 40, 20
Run = Callable[[Work], SourceJob]


@pytest.fixture
def classifier() -> Classifier:
    card = ModelCard(
        name="brightness",
        network="resnet18",
        input=InputSpec(resize=48, crop=40),
        created=datetime(2026, 1, 1, tzinfo=UTC),
        weights=WeightsRecord(file="none", dtype="float32", sha256=""),
    )
    return Classifier(card, BrightnessBackend())


@pytest.fixture(scope="module")
def portrait() -> FrameBgr:
    return np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])


@pytest.fixture(scope="module")
def video(portrait: FrameBgr, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of a face that drifts."""
    path = tmp_path_factory.mktemp("video") / "clip.mp4"
    shifts = [40 * np.sin(number / 8) for number in range(FRAMES)]
    write_clip(path, [portrait_frame(portrait, shift, 1.0) for shift in shifts])
    return path.read_bytes()


def write_clip(path: Path, frames: list[FrameBgr]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=RATE)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt, stream.bit_rate = "yuv420p", 2_000_000
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        container.mux(stream.encode(None))


def png(picture: FrameBgr) -> bytes:
    return bytes(cv2.imencode(".png", picture)[1])


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Does a work to its end; afterwards nothing of it may be left on the disk."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    jobs: list[SourceJob] = []

    def start(work: Work) -> SourceJob:
        jobs.append(SourceJob(work))
        assert jobs[-1].wait(120)
        return jobs[-1]

    yield start
    for job in jobs:
        job.close()
        assert job.wait_removed(10)
    assert list(tmp_path.glob("semblante-*")) == []


def test_pictures_are_read_in_their_order_and_a_broken_one_has_its_sentence(
    run: Run, classifier: Classifier, portrait: FrameBgr
) -> None:
    two = np.concatenate([portrait, portrait[:, ::-1]], axis=1)
    uploads = [
        Upload("one.png", png(portrait)),
        Upload("cut.png", png(portrait)[:2000]),
        Upload("none.png", png(np.full((200, 300, 3), 90, np.uint8))),
        Upload("text.jpg", b"not a picture"),
        Upload("two.png", png(two)),
    ]
    pictures = Pictures(uploads, classifier, "brightness", "en")
    job = run(pictures)
    assert (job.state, job.progress.share) == ("done", 1.0)
    assert [one.name for one in pictures.read] == [upload.name for upload in uploads]
    faces = [None if one.result is None else len(one.result.faces) for one in pictures.read]
    assert faces == [1, None, 0, None, 2]
    sentences = [str(one.error) for one in pictures.read if one.error]
    assert sentences[0].startswith("The picture cut.png is broken")
    assert sentences[1].startswith("The file text.jpg is not a picture")
    drawn = cv2.imdecode(np.frombuffer(pictures.read[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert drawn.shape == portrait.shape
    assert np.abs(drawn.astype(int) - portrait).max() > 100, "there is a box on it"


def test_in_a_session_pictures_stand_a_second_apart_and_each_face_has_its_number(
    run: Run, classifier: Classifier, portrait: FrameBgr, tmp_path: Path
) -> None:
    two = np.concatenate([portrait, portrait[:, ::-1]], axis=1)
    uploads = [Upload("a.png", png(portrait)), Upload("b.png", b""), Upload("c.png", png(two))]
    pictures = Pictures(uploads, classifier, "brightness", "en")
    run(pictures)
    store = SessionStore(f"sqlite:///{tmp_path / 'kept.db'}")
    number = save_finished(store, pictures.name, pictures.model, pictures.results)
    samples = store.read_samples(number)
    store.close()
    assert samples["face"].tolist() == [1, 2, 3]
    assert samples["seconds"].tolist() == [0, 1, 1]


def test_a_picture_with_too_many_pixels_is_refused_unread(run: Run, classifier: Classifier) -> None:
    side = int(MAX_PIXELS**0.5) + 1
    path = Path(tempfile.gettempdir()) / "huge.png"
    Image.new("1", (side, side)).save(path)
    pictures = Pictures([Upload("huge.png", path.read_bytes())], classifier, "brightness", "en")
    run(pictures)
    assert "80 million pixels" in str(pictures.read[0].error)


def test_small_faces_of_a_large_picture_are_found(
    run: Run, classifier: Classifier, portrait: FrameBgr
) -> None:
    """Each is some 33 pixels high in 1600: too small for the live detector's copy of 320."""
    group = np.full((900, 1600, 3), 120, np.uint8)
    small = cv2.resize(portrait, (150, 150), interpolation=cv2.INTER_AREA)
    for left in (100, 700, 1300):
        group[400:550, left : left + 150] = small
    pictures = Pictures([Upload("group.png", png(group))], classifier, "brightness", "en")
    run(pictures)
    assert pictures.read[0].result is not None
    assert len(pictures.read[0].result.faces) == 3


def test_a_face_that_fills_the_picture_is_found(
    run: Run, classifier: Classifier, portrait: FrameBgr
) -> None:
    near = cv2.resize(portrait[40:230, 120:320], (2000, 1900), interpolation=cv2.INTER_CUBIC)
    pictures = Pictures([Upload("near.png", png(near))], classifier, "brightness", "en")
    run(pictures)
    assert pictures.read[0].result is not None
    assert len(pictures.read[0].result.faces) == 1


def test_a_video_is_followed_to_its_end_and_becomes_a_session(
    run: Run, classifier: Classifier, video: bytes
) -> None:
    clip = Clip(Upload("clip.mp4", video), classifier, "brightness", "es", annotate=False)
    job = run(clip)
    assert (job.state, job.error, job.progress.steps) == ("done", None, FRAMES)
    assert clip.faces == {1}
    assert clip.annotated is None
    assert job.watch.preview is not None
    times_s = [timed.time_s for timed in clip.results]
    assert times_s == pytest.approx([number / 10 for number in range(20)], abs=1e-3)
    assert clip.store is not None
    assert clip.session is not None
    assert (clip.session.name, clip.session.samples) == ("clip.mp4", 20)
    assert len(clip.store.read_samples(clip.session.id)) == 20


def test_the_annotated_video_has_every_frame_with_its_label(
    run: Run, classifier: Classifier, video: bytes
) -> None:
    clip = Clip(Upload("clip.mp4", video), classifier, "brightness", "en", annotate=True)
    job = run(clip)
    assert job.state == "done"
    assert clip.annotated is not None
    with av.open(str(clip.annotated)) as container:
        frames = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
        assert len(frames) == FRAMES
        assert container.duration / av.time_base == pytest.approx(FRAMES / RATE, abs=0.1)
    box = clip.results[0].result.faces[0].face.box_xyxy.round().astype(int)
    plain = portrait_frame(np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1]), 0.0, 1.0)
    edge = slice(box[1], box[3]), slice(box[0] - 1, box[0] + 2)
    assert np.abs(frames[0][edge].astype(int) - plain[edge]).mean() > 40


def test_cancel_in_the_middle_keeps_what_was_read(
    classifier: Classifier, portrait: FrameBgr, tmp_path: Path
) -> None:
    path = tmp_path / "long.mp4"
    write_clip(path, [portrait_frame(portrait, n % 40, 1.0) for n in range(400)])
    clip = Clip(Upload("l.mp4", path.read_bytes()), classifier, "brightness", "en", annotate=True)
    job = SourceJob(clip)
    while len(clip.results) < 3:
        assert not job.wait(0.01)
    job.cancel()
    assert job.wait(20)
    assert job.state == "cancelled"
    assert 3 <= job.progress.steps < 400
    assert clip.session is not None
    assert clip.session.samples == len(clip.results)
    assert clip.annotated is not None
    with av.open(str(clip.annotated)) as container:
        assert sum(1 for _ in container.decode(video=0)) == job.progress.steps
    job.close()
    assert job.wait_removed(10)


def test_a_video_that_breaks_off_keeps_what_stands_before(
    run: Run, classifier: Classifier, video: bytes
) -> None:
    begin, end = video.index(b"mdat") + 4, video.index(b"moov") - 4
    middle = (begin + end) // 2
    broken = video[:middle] + bytes(end - middle) + video[end:]
    clip = Clip(Upload("half.mp4", broken), classifier, "brightness", "en", annotate=False)
    job = run(clip)
    assert job.state == "failed"
    assert str(job.error).startswith("The video half.mp4 cannot be read beyond")
    assert clip.session is not None
    assert 0 < clip.session.samples < 20


@pytest.mark.parametrize("name", ["text.mp4", "../../etc/text.mp4", "no suffix", "."])
def test_a_text_with_a_video_name_is_refused_by_the_name_that_the_user_gave(
    run: Run, classifier: Classifier, name: str
) -> None:
    clip = Clip(Upload(name, b"not a video " * 99), classifier, "brightness", "en", annotate=True)
    job = run(clip)
    assert job.state == "failed"
    assert str(job.error).startswith(f"The video {name} cannot be read (")
    assert clip.session is None
    assert list(job.folder.iterdir()) == []


def test_a_video_without_faces_has_no_session(run: Run, classifier: Classifier) -> None:
    path = Path(tempfile.gettempdir()) / "grey.mp4"
    write_clip(path, [np.full((48, 64, 3), 90, np.uint8)] * 5)
    clip = Clip(Upload("g.mp4", path.read_bytes()), classifier, "brightness", "en", annotate=False)
    assert run(clip).state == "done"
    assert (clip.faces, clip.session) == (set(), None)


def test_a_video_that_is_too_long_is_refused(run: Run, classifier: Classifier) -> None:
    path = Path(tempfile.gettempdir()) / "long.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for second in (0, live_sources_work.MAX_VIDEO_S + 60):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="bgr24")
            frame.pts = second
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    clip = Clip(Upload("l.mp4", path.read_bytes()), classifier, "brightness", "en", annotate=False)
    job = run(clip)
    assert str(job.error) == ("The video l.mp4 is longer than 2 hours. Cut it into shorter pieces.")
    assert job.progress.steps == 0


def test_two_videos_are_read_at_once_without_mixing(
    classifier: Classifier, video: bytes, portrait: FrameBgr, tmp_path: Path
) -> None:
    """As two browser tabs do: one model, two jobs."""
    path = tmp_path / "two.mp4"
    two = np.concatenate([portrait, portrait[:, ::-1]], axis=1)
    write_clip(path, [two] * FRAMES)
    clips = [
        Clip(Upload("one.mp4", video), classifier, "brightness", "en", annotate=True),
        Clip(Upload("two.mp4", path.read_bytes()), classifier, "brightness", "en", annotate=True),
    ]
    jobs = [SourceJob(clip) for clip in clips]
    assert all(job.wait(120) for job in jobs)
    assert [job.state for job in jobs] == ["done", "done"]
    assert [clip.faces for clip in clips] == [{1}, {1, 2}]
    assert jobs[0].folder != jobs[1].folder
    for job in jobs:
        job.close()
        assert job.wait_removed(10)
        assert not job.folder.exists()
