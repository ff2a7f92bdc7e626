"""A real server, a real Chromium, and a camera that shows a real face.

Where no Chromium is installed these tests are skipped with a sentence; under `CI=true` a
missing browser is a failure.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.app import CHROMIUM, Server, launch, running_app
from tests.e2e.camera import write_face_video

expect.set_options(timeout=30_000)
PEERS = """
window.peers = [];
const Original = window.RTCPeerConnection;
window.RTCPeerConnection = function (...values) {
  const peer = new Original(...values);
  window.peers.push(peer);
  return peer;
};
window.RTCPeerConnection.prototype = Original.prototype;
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> str:
    if CHROMIUM is None:
        sentence = "no Chromium is installed; on Debian: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return CHROMIUM


@pytest.fixture(scope="package")  # not longer: Playwright keeps an event loop running
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    video = write_face_video(tmp_path_factory.mktemp("camera") / "face.y4m")
    with sync_playwright() as playwright:
        launched = launch(playwright.chromium, chromium, video)
        yield launched
        launched.close()


@pytest.fixture
def server(browser: Browser, tmp_path: Path) -> Iterator[Server]:  # noqa: ARG001  (or a skip)
    with running_app(tmp_path) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new tab in English that may use the camera; `window.peers` are its connections."""
    context = browser.new_context(
        permissions=["camera"], viewport={"width": 1280, "height": 1000}, locale="en-GB"
    )
    context.add_init_script(PEERS)
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    yield opened
    context.close()
