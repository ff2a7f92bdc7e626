"""The controls of the live picture, in a real browser with a real face."""

import base64
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page, expect

from emotion.vision.detector import FaceDetector
from emotion.vision.types import FrameBgr
from tests.e2e.app import Server
from tests.e2e.test_first_light import start_camera
from tests.waiting import wait_for

GRAB = """
() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return canvas.toDataURL("image/png");
}
"""


def grab(page: Page) -> FrameBgr:
    """What the page's video shows."""
    frame = next(frame for frame in page.frames if frame != page.main_frame)
    data = frame.evaluate(GRAB).partition(",")[2]
    return picture_of(base64.b64decode(data))


def picture_of(png: bytes) -> FrameBgr:
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def has_face(picture: FrameBgr) -> bool:
    return bool(FaceDetector().detect(picture))


def flag_is_left(picture: FrameBgr) -> bool:
    """Whether the blue of the portrait's flag is in the left part."""
    blue = picture[..., 0] > picture[..., 2].astype(int) + 30
    return bool(blue[:, : picture.shape[1] // 2].sum() > blue[:, picture.shape[1] // 2 :].sum())


def in_video(page: Page, what: str, shown: object) -> None:
    """Wait until the video shows it; `shown` is a function of a picture."""
    assert callable(shown)

    def seen() -> bool:
        page.wait_for_timeout(500)
        return bool(shown(grab(page)))

    wait_for(what, seen, 60)


def open_picture(page: Page) -> None:
    page.get_by_role("button", name="Picture").click()
    expect(page.get_by_text("Mirror the picture")).to_be_visible()


def test_controls_change_the_video_while_it_runs_and_a_link_restores_them(
    server: Server, page: Page
) -> None:
    start_camera(page, server)
    in_video(page, "the mirrored portrait", lambda picture: not flag_is_left(picture))
    open_picture(page)
    page.get_by_text("Mirror the picture").click()
    in_video(page, "the portrait as it is", flag_is_left)
    page.get_by_text("Show boxes and labels").click()
    page.get_by_text("Mosaic", exact=True).click()
    in_video(page, "a hidden face", lambda picture: not has_face(picture))
    expect(page.locator(".face-panel h4")).to_be_visible()  # it is read all the same
    page.wait_for_url("**/?*hide=mosaic*")

    page.goto(page.url + "&size=huge&mirror=sideways")
    open_picture(page)
    expect(page.get_by_label("Show boxes and labels")).not_to_be_checked()
    expect(page.get_by_label("Mirror the picture")).to_be_checked()
    chosen = page.get_by_role("radio", name="Mosaic")
    expect(chosen).to_have_attribute("aria-checked", "true")


def test_a_snapshot_is_downloaded_with_hidden_faces(
    server: Server, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{server.url}/?hide=mosaic&overlay=0")
    page.frame_locator("iframe").get_by_role("button", name="Start").click()
    expect(page.locator(".face-panel h4")).to_be_visible()
    before = {path for path in server.root.rglob("*") if path.suffix == ".png"}
    page.get_by_role("button", name="Snapshot").click()
    button = page.get_by_test_id("stDownloadButton").get_by_role("button", name="Download")
    with page.expect_download() as download:
        button.click()
    download.value.save_as(tmp_path / "snapshot.png")
    picture = picture_of((tmp_path / "snapshot.png").read_bytes())
    assert picture.shape[0] * 4 == picture.shape[1] * 3  # Chromium may send a smaller one
    assert not has_face(picture)
    kept = {path for path in server.root.rglob("*") if path.suffix == ".png"} - before
    assert kept <= {tmp_path / "snapshot.png"}, "nothing is kept on the server"
    page.get_by_role("button", name="Discard").click()
    expect(button).to_have_count(0)


def test_a_paused_video_stands_in_grey_and_goes_on(server: Server, page: Page) -> None:
    start_camera(page, server)
    page.get_by_role("button", name="Pause").focus()
    page.keyboard.press("Enter")  # by keyboard, as all controls
    expect(page.get_by_text("Paused. Nothing is read or recorded.")).to_be_visible()

    def is_grey(picture: FrameBgr) -> bool:
        return bool(np.ptp(picture.astype(int), axis=2).mean() < 4)

    in_video(page, "the grey picture", is_grey)
    page.get_by_role("button", name="Go on").click()
    in_video(page, "the video", lambda picture: not is_grey(picture))
    expect(page.locator(".face-panel h4")).to_be_visible()


def test_the_figures_of_each_step_can_be_seen(server: Server, page: Page) -> None:
    start_camera(page, server)
    expect(page.get_by_text("Delay")).to_be_visible()
    page.get_by_text("More figures").click()
    for name in ("Frames received", "Frames dropped", "Detection", "Classification", "Drawing"):
        expect(page.get_by_text(name, exact=True)).to_be_visible()
    table = page.get_by_test_id("stTable")
    page.wait_for_timeout(1_000)  # the panel runs again four times a second
    expect(table).to_contain_text(" ms")
