"""Models that change, pages that are left, tabs that close: the video goes on or all is released.

The threads of the server are read from the dump that `tests.e2e.watched` writes to its log.
"""

import json
import shutil
import signal
import statistics
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
import skimage.data
from playwright.sync_api import Browser, Page, expect

from emotion.models.card import CARD_FILE
from emotion.models.store import SHIPPED
from emotion.sessions.store import SessionStore
from tests.e2e.app import Server, launch, running_app
from tests.e2e.camera import HEIGHT, RATE, WIDTH
from tests.e2e.test_first_light import start_camera, start_recording
from tests.e2e.watched import END_OF_DUMP
from tests.waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGUSR1")

VIDEO_THREADS = {
    "worker": "vision-worker",
    "answers": "live-answers",
    "decoder": "aiortc/rtcrtpreceiver.py",
    "watcher": "streamlit_webrtc/shutdown.py",
}
NONE = dict.fromkeys(VIDEO_THREADS, 0)
AWAKE_S = 0.1
"""A server that answers a health check within this time is awake."""


@pytest.fixture(scope="module")
def app(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:  # noqa: ARG001  (or a skip)
    """One server for all tests here, with four models of which two are broken."""
    with running_app(tmp_path_factory.mktemp("app"), launch=("-m", "tests.e2e.watched")) as server:
        models = server.root / "models"
        for name in ("second", "lost", "unfit"):
            shutil.copytree(models / SHIPPED, models / name)
        next((models / "lost").glob("*.bin")).unlink()
        card = json.loads((models / "unfit" / CARD_FILE).read_text("utf-8"))
        card["input"] |= {"resize": 48, "crop": 48}  # its export takes other crops
        (models / "unfit" / CARD_FILE).write_text(json.dumps(card), "utf-8")
        yield server


@pytest.fixture(autouse=True)
def all_released(request: pytest.FixtureRequest, page: Page) -> Iterator[None]:
    """After each test, whatever it did, a stop leaves no thread of a video."""
    yield
    if "app" in request.fixturenames:
        stop = page.frame_locator("iframe").first.get_by_role("button", name="Stop", exact=True)
        if stop.count():
            stop.click()
        wait_for_threads(request.getfixturevalue("app"), NONE)


def video_threads(server: Server) -> dict[str, int]:
    """How many threads of each kind of `VIDEO_THREADS` the server has."""
    log = server.root / "server.log"
    offset = log.stat().st_size
    server.process.send_signal(signal.SIGUSR1)

    def dump() -> str:
        return log.read_text("utf-8", "replace")[offset:]

    wait_for("the dump of the threads", lambda: END_OF_DUMP in dump(), 10)
    stacks = dump().split("\n\n")
    return {kind: sum(mark in one for one in stacks) for kind, mark in VIDEO_THREADS.items()}


def wait_for_threads(server: Server, wanted: dict[str, int]) -> None:
    seen: list[dict[str, int]] = []

    def there() -> bool:
        seen.append(video_threads(server))
        return seen[-1] == wanted

    try:
        wait_for("the threads", there, 40)
    except AssertionError as error:
        raise AssertionError(f"{wanted} wanted, {seen[-1:]} seen") from error


def wait_for_states(server: Server, name: str, state: str) -> None:
    """Wait until the session called `name` is in `state`."""
    store = SessionStore(server.database_url)
    try:
        wait_for(
            f"{state} of {name}",
            lambda: [s.state for s in store.list_sessions() if s.name == name] == [state],
            40,
        )
    finally:
        store.close()


def choose_model(page: Page, name: str) -> None:
    page.get_by_label("Model", exact=True).click()
    page.get_by_role("option", name=name, exact=True).click()


def press(page: Page, button: str) -> None:
    page.frame_locator("iframe").first.get_by_role("button", name=button, exact=True).click()


def label(page: Page) -> None:
    """Wait for the label of a face that is seen now."""
    heading = page.locator(".face-panel h4").first
    expect(heading).to_be_visible(timeout=60_000)
    times = page.locator(".faces")
    before = times.get_attribute("data-time-s")
    expect(times).not_to_have_attribute("data-time-s", before or "")


def goes_on(page: Page) -> None:
    """The page's video shows new pictures."""
    frame = next(frame for frame in page.frames if frame.locator("video").count())
    played = "document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"
    before = frame.evaluate(played)
    wait_for(
        "new pictures",
        lambda: page.wait_for_timeout(100) or frame.evaluate(played) > before + 10,
        20,
    )


def name_session(page: Page, name: str) -> None:
    page.get_by_label("Name of the session").fill(name)
    page.get_by_label("Name of the session").press("Enter")
    start_recording(page)


def test_models_change_under_a_running_video_and_broken_ones_are_told(
    app: Server, page: Page
) -> None:
    start_camera(page, app)
    choose_model(page, "lost")
    expect(page.get_by_text("of the model lost is missing")).to_be_visible()
    expect(page.get_by_text(f"Reading goes on with {SHIPPED}.")).to_be_visible()
    label(page)
    goes_on(page)
    choose_model(page, "second")
    expect(page.get_by_text("Reading goes on with")).to_have_count(0)
    label(page)
    choose_model(page, "unfit")
    expect(page.get_by_text("Something went wrong that should not have")).to_be_visible()
    goes_on(page)
    choose_model(page, SHIPPED)
    label(page)
    expect(page.get_by_text("Something went wrong that should not have")).to_have_count(0)
    assert sum(frame.evaluate("(window.peers || []).length") for frame in page.frames) == 1


def test_a_page_that_is_left_releases_the_video_and_starts_it_again(
    app: Server, page: Page
) -> None:
    start_camera(page, app)
    name_session(page, "left")
    page.get_by_role("link", name="Analysis").first.click()
    wait_for_states(app, "left", "ended")
    wait_for_threads(app, NONE)
    page.get_by_role("link", name="Live").first.click()
    press(page, "Start")
    label(page)


def test_a_reload_ends_the_recording_and_the_video_starts_again(app: Server, page: Page) -> None:
    start_camera(page, app)
    name_session(page, "reloaded")
    page.reload()
    wait_for_states(app, "reloaded", "ended")
    press(page, "Start")
    label(page)


def test_two_tabs_and_another_browser_see_each_its_own(
    app: Server, browser: Browser, page: Page, chromium: str, tmp_path: Path
) -> None:
    start_camera(page, app)
    tab = page.context.new_page()
    start_camera(tab, app)
    name_session(tab, "second tab")
    with other_browser(browser, chromium, tmp_path) as other:
        other.goto(app.url)
        press(other, "Start")
        expect(other.locator(".face-panel")).to_have_count(2, timeout=60_000)
        for one in (page, tab):
            one.bring_to_front()
            expect(one.locator(".face-panel")).to_have_count(1)
        threads = video_threads(app)
        assert (threads["worker"], threads["answers"]) == (1, 3)
    tab.close()
    wait_for_states(app, "second tab", "ended")
    wait_for_threads(app, dict.fromkeys(VIDEO_THREADS, 1))
    label(page)
    goes_on(page)


@contextmanager
def other_browser(browser: Browser, chromium: str, folder: Path) -> Iterator[Page]:
    """A page of a browser of its own, whose camera sees two people."""
    other = launch(browser.browser_type, chromium, write_two_faces(folder / "two.y4m"))
    try:
        yield other.new_page(permissions=["camera"], locale="en-GB")
    finally:
        other.close()


def write_two_faces(path: Path) -> Path:
    """A second of a still picture: the portrait twice, side by side."""
    portrait = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2BGR)
    half = cv2.resize(portrait[:, 100:400], (WIDTH // 2, HEIGHT))
    picture = np.hstack([half, half[:, ::-1]])
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(RATE):
            file.write(b"FRAME\n" + cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).tobytes())
    return path


def test_starts_and_stops_leave_no_thread_and_no_file_behind(app: Server, page: Page) -> None:
    process = psutil.Process(app.process.pid)
    page.goto(app.url)
    held = []
    for _ in range(8):
        press(page, "Start")
        expect(page.locator(".face-panel h4")).to_be_visible()
        press(page, "Stop")
        expect(page.get_by_text("Press start and allow the camera.")).to_be_visible()
        wait_for_threads(app, NONE)
        held.append((process.num_threads(), process.num_fds(), process.memory_info().rss >> 20))
    print(f"threads, files, MB: {held}")
    threads, files, megabytes = held[1]
    assert held[-1][0] <= threads + 4, "the pools of asyncio may grow by a few"
    assert held[-1][1] <= files + 4
    assert held[-1][2] <= megabytes + 60


def test_a_stop_in_a_slow_step_leaves_the_server_awake(page: Page, tmp_path: Path) -> None:
    """What blocks the server does so at every stop; what else this machine does, now and then."""
    longest: list[float] = []
    with running_app(tmp_path, "tests/e2e/slow_app.py") as server:
        page.goto(server.url)
        while not longest or (min(longest) >= AWAKE_S and len(longest) < 4):
            press(page, "Start")
            expect(page.get_by_text("received 1, worker True")).to_be_visible()
            with health_checks(server) as took:
                page.wait_for_timeout(1_000)
                press(page, "Stop")
                expect(page.get_by_text("received 0, worker False")).to_be_visible(timeout=20_000)
            assert len(took) > 10
            longest.append(max(took))
            print(f"health: median {statistics.median(took):.3f} s, longest {longest[-1]:.3f} s")
    assert min(longest) < AWAKE_S


@contextmanager
def health_checks(server: Server) -> Iterator[list[float]]:
    """Seconds that each health check took meanwhile, fifty a second."""
    took: list[float] = []
    done = threading.Event()

    def check() -> None:
        while not done.wait(0.02):
            before = time.monotonic()
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=30).close()
            took.append(time.monotonic() - before)

    thread = threading.Thread(target=check)
    thread.start()
    try:
        yield took
    finally:
        done.set()
        thread.join()
