"""Pictures and videos uploaded in a real browser, and the way from the camera and back."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import skimage.data
from playwright.sync_api import Page, expect

from emotion.sessions.store import SessionStore
from tests.e2e.app import TEMPORARY, Server
from tests.e2e.camera import portrait_frame
from tests.waiting import wait_for

PORTRAIT = np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), PORTRAIT)
    return path


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Forty seconds of a face, so that there is time to press something meanwhile."""
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for number in range(1000):
            frame = portrait_frame(PORTRAIT, 60 * np.sin(number / 15), 1.0)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def choose(page: Page, source: str) -> None:
    page.get_by_role("radio", name=source, exact=True).click()


def test_a_picture_is_uploaded_and_labelled(server: Server, page: Page, picture: Path) -> None:
    page.goto(f"{server.url}/?source=pictures")
    page.locator("input[type=file]").set_input_files(picture)
    page.get_by_role("button", name="Read the pictures").click()
    image = page.get_by_role("img", name="portrait.png: happy")
    expect(image).to_be_visible(timeout=60_000)
    expect(page.get_by_role("cell", name="portrait.png")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").first.click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert ",happy," in lines[1]


def test_from_the_camera_to_a_video_and_back(server: Server, page: Page, video: Path) -> None:
    page.goto(server.url)
    page.frame_locator("iframe").first.get_by_role("button", name="Start").click()
    expect(page.locator(".face-panel h4")).to_be_visible(timeout=60_000)

    choose(page, "Video")
    page.locator("input[type=file]").set_input_files(video)
    page.get_by_role("button", name="Read the video").click()
    expect(page.get_by_role("img", name="The newest picture with its labels")).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("What was read until then is below.")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible(timeout=30_000)

    choose(page, "Camera")
    page.frame_locator("iframe").first.get_by_role("button", name="Start").click()
    expect(page.locator(".face-panel h4")).to_be_visible(timeout=60_000)
    choose(page, "Video")
    expect(page.get_by_text("What was read until then is below.")).to_be_visible()

    store = SessionStore(server.database_url)
    assert store.list_sessions() == [], "nothing is recorded unless it is asked for"
    store.close()
    assert "Traceback" not in (server.root / "server.log").read_text()


def test_closing_the_tab_ends_the_work_and_removes_its_files(
    server: Server, page: Page, video: Path
) -> None:
    page.goto(f"{server.url}/?source=video")
    page.locator("input[type=file]").set_input_files(video)
    page.get_by_text("Also make an annotated video").click()
    page.get_by_role("button", name="Read the video").click()
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_visible()
    (folder,) = (server.root / TEMPORARY).glob("semblante-*")
    page.close()
    wait_for("the removal of the files", lambda: not folder.exists(), 60)
