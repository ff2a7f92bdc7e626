"""The live page without a camera: real uploads, the real pipeline, the model `tiny`."""

from collections.abc import Iterator

import av
import cv2
import numpy as np
import pytest
import skimage.data
import streamlit as st
from streamlit.testing.v1 import AppTest

from emotion.sessions.store import SessionStore
from emotion.settings import PROJECT_DIR, Settings
from emotion.ui.live_sources import JOB, progress_words
from emotion.ui.live_sources_job import Progress, SourceJob
from emotion.ui.live_sources_work import MAX_PICTURES, Clip
from tests.e2e.camera import portrait_frame
from tests.pages.analysis_page import button, charts, figures, texts

File = tuple[str, bytes, str]


@pytest.fixture(scope="module")
def portrait() -> bytes:
    picture = np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])
    return bytes(cv2.imencode(".png", picture)[1])


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("video") / "clip.mp4"
    picture = np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for number in range(15):
            frame = portrait_frame(picture, 2.0 * number, 1.0)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        container.mux(stream.encode(None))
    return path.read_bytes()


@pytest.fixture
def pages(settings: Settings) -> Iterator[list[AppTest]]:  # noqa: ARG001  (the environment)
    """The pages that a test opens; their jobs end with it."""
    st.cache_resource.clear()
    opened: list[AppTest] = []
    yield opened
    for page in opened:
        if JOB in page.session_state:
            job = page.session_state[JOB]
            job.close()
            assert job.wait_removed(20)
    st.cache_resource.clear()


def open_source(pages: list[AppTest], source: str) -> AppTest:
    page = AppTest.from_file(str(PROJECT_DIR / "app.py"), default_timeout=60)
    page.context = {"timezone": "America/Mexico_City", "locale": "en-US"}
    page.session_state["source_kept"] = source
    page.switch_page("pages/live.py").run()
    assert not page.exception
    pages.append(page)
    return page


def read(page: AppTest, files: File | list[File], label: str) -> SourceJob:
    """Upload, press the button, wait for the job, and draw the page anew."""
    page.file_uploader[0].set_value(files).run()
    button(page, label).click().run()
    job: SourceJob = page.session_state[JOB]
    assert job.wait(120)
    page.run()
    assert not page.exception
    return job


def test_nothing_can_be_started_without_files(pages: list[AppTest]) -> None:
    page = open_source(pages, "pictures")
    assert button(page, "Read the pictures").disabled
    assert "then removed" in texts(page.caption)


def test_pictures_are_shown_with_their_labels_and_can_be_recorded(
    pages: list[AppTest], portrait: bytes, settings: Settings
) -> None:
    page = open_source(pages, "pictures")
    files = [
        ("face.png", portrait, "image/png"),
        ("broken.png", portrait[:3000], "image/png"),
        ("grey.png", bytes(cv2.imencode(".png", np.full((90, 90), 90, np.uint8))[1]), "image/png"),
    ]
    read(page, files, "Read the pictures")
    assert figures(page) == {"Pictures": "2", "Faces": "1"}
    assert "The picture broken.png is broken" in texts(page.error)
    alts = [image.proto.imgs[0].alt for image in page.get("image")]
    assert alts[0].startswith("face.png: ")
    assert alts[1] == "grey.png: no face found"
    (table,) = page.table
    assert table.value["Picture"].tolist() == ["face.png"]

    page.text_input[0].set_value("holiday")
    button(page, "Save").click().run()
    assert not page.exception
    assert "The session is saved." in texts(page.success)
    store = SessionStore(settings.database_url)
    (session,) = store.list_sessions()
    store.close()
    assert (session.name, session.model, session.faces) == ("holiday", "tiny", 1)


def test_a_video_shows_its_timeline_and_can_be_recorded(
    pages: list[AppTest], video: bytes, settings: Settings
) -> None:
    page = open_source(pages, "video")
    page.toggle[0].set_value(True).run()
    job = read(page, ("clip.mp4", video, "video/mp4"), "Read the video")
    assert (job.state, job.progress.steps) == ("done", 15)
    assert "15 frames read" in texts(page.caption)
    assert "The probabilities of the seven expressions of Face 1 over time" in charts(page)
    assert figures(page)["Faces"] == "1"
    assert len(page.get("video")) == 1
    labels = {one.proto.label for one in page.get("download_button")}
    assert {"Download CSV", "Download the annotated video"} <= labels

    button(page, "Save").click().run()
    assert "The session is saved." in texts(page.success)
    store = SessionStore(settings.database_url)
    (session,) = store.list_sessions()
    samples = store.read_samples(session.id)
    store.close()
    assert (session.name, session.note) == ("clip.mp4", "Read from clip.mp4")
    assert samples["seconds"].tolist() == pytest.approx([n / 10 for n in range(15)], abs=1e-3)


def test_a_text_named_as_a_video_gets_a_sentence_and_another_can_be_chosen(
    pages: list[AppTest], video: bytes
) -> None:
    page = open_source(pages, "video")
    job = read(page, ("text.mp4", b"not a video " * 99, "video/mp4"), "Read the video")
    assert "The video text.mp4 cannot be read" in texts(page.error)
    button(page, "Choose another video").click().run()
    assert job.wait_removed(20)
    assert not job.folder.exists()
    assert read(page, ("clip.mp4", video, "video/mp4"), "Read the video").state == "done"
    assert not page.error


def test_a_new_job_of_the_tab_ends_the_one_before(
    pages: list[AppTest], video: bytes, portrait: bytes
) -> None:
    page = open_source(pages, "video")
    page.file_uploader[0].set_value(("clip.mp4", video, "video/mp4")).run()
    button(page, "Read the video").click().run()
    first = page.session_state[JOB]
    page.segmented_control[-1].set_value("pictures").run()
    second = read(page, [("face.png", portrait, "image/png")], "Read the pictures")
    assert first.wait_removed(20)
    assert (first.folder.exists(), second.state) == (False, "done")


def test_two_tabs_have_jobs_of_their_own(pages: list[AppTest], video: bytes) -> None:
    one, two = open_source(pages, "video"), open_source(pages, "video")
    for page, name in ((one, "one.mp4"), (two, "two.mp4")):
        page.file_uploader[0].set_value((name, video, "video/mp4")).run()
        button(page, "Read the video").click().run()
    jobs = [page.session_state[JOB] for page in (one, two)]
    assert all(job.wait(120) for job in jobs)
    for page, name in ((one, "one.mp4"), (two, "two.mp4")):
        page.run()
        assert f"**{name}**" in texts(page.markdown)
    assert [job.state for job in jobs] == ["done", "done"]
    button(one, "Choose another video").click().run()
    assert jobs[0].wait_removed(20)
    two.run()
    assert "The probabilities of the seven expressions of Face 1 over time" in charts(two)


def test_too_many_pictures_are_refused_with_their_number(
    pages: list[AppTest], portrait: bytes
) -> None:
    page = open_source(pages, "pictures")
    files = [(f"{n}.png", portrait[:10], "image/png") for n in range(MAX_PICTURES + 1)]
    page.file_uploader[0].set_value(files).run()
    assert f"{MAX_PICTURES + 1} pictures are too many" in texts(page.error)
    assert button(page, "Read the pictures").disabled


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(0.421, 1234, 40.0, 55.0), "42 % · 1,234 frames · 31 a second · about 0:55 left"),
        (Progress(0.0, 0, 0.0, None), "0 % · 0 frames · 0 a second"),
        (Progress(None, 50, 10.0, None), "50 frames · 5 a second"),
    ],
)
def test_progress_says_what_is_known(
    progress: Progress, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(st.session_state, "language", "en")
    assert progress_words(progress, Clip.__new__(Clip)) == words
