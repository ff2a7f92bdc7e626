"""Each thing that keeps a camera from starting, in a real browser that has it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.app import CHROMIUM, Server, running_app
from tests.e2e.camera import write_face_video
from tests.e2e.turn_server import turn_server

FAKE_CAMERA = "--use-fake-device-for-media-stream"
ALLOWED = "--use-fake-ui-for-media-stream"
REFUSED = """
window.refused = true;
const media = navigator.mediaDevices, original = media.getUserMedia.bind(media);
media.getUserMedia = async (constraints) => {
  if (!window.refused) return original(constraints);
  throw new DOMException("{message}", "{name}");
};
"""
BUSY = REFUSED.replace("{message}", "Could not start video source").replace(
    "{name}", "NotReadableError"
)
BY_SYSTEM = REFUSED.replace("{message}", "Permission denied by system").replace(
    "{name}", "NotAllowedError"
)
FREE = "window.refused = false"
BLOCKED = """
const Original = window.RTCPeerConnection;
window.RTCPeerConnection = function (configuration) {
  return new Original({ ...configuration, iceTransportPolicy: "relay" });
};
window.RTCPeerConnection.prototype = Original.prototype;
"""
"""Without a TURN server no address is left to try, as behind a firewall that blocks UDP."""


@contextmanager
def tab(
    browser: Browser, *arguments: str, allowed: bool = True, script: str = ""
) -> Iterator[Page]:
    """A tab of a Chromium of its own, since cameras and ports are those of the browser."""
    launched = browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-background-networking", *arguments],
    )
    context = launched.new_context(
        permissions=["camera"] if allowed else [],
        viewport={"width": 1280, "height": 1000},
        locale="en-GB",
    )
    if script:
        context.add_init_script(script)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    launched.close()


def ask_for_camera(page: Page) -> None:
    """Have the browser ask; without a window it then closes its own question at once."""
    assert page.context.browser is not None
    target = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]
    page.context.browser.new_browser_cdp_session().send(
        "Browser.setPermission",
        {
            "permission": {"name": "camera"},
            "setting": "prompt",
            "browserContextId": target["browserContextId"],
        },
    )


def said(page: Page, text: str) -> Locator:
    return page.get_by_test_id("stAlert").filter(has_text=text)


def check_camera(page: Page) -> None:
    page.get_by_role("button", name="Check the camera").click()


def start(page: Page) -> None:
    page.frame_locator("iframe").get_by_role("button", name="Start").click()


def test_a_camera_that_works_is_told_after_a_check_and_not_before(
    server: Server, browser: Browser
) -> None:
    with tab(browser, FAKE_CAMERA, ALLOWED) as page:
        page.goto(server.url)
        expect(page.get_by_role("button", name="Check the camera")).to_be_visible()
        expect(said(page, "camera works")).to_have_count(0)
        check_camera(page)
        expect(said(page, "The camera works. Press start.")).to_be_visible()


def test_a_permission_that_was_denied_is_told_before_and_after_start(
    server: Server, browser: Browser
) -> None:
    with tab(browser, FAKE_CAMERA, allowed=False) as page:
        page.goto(server.url)
        denied = said(page, "This page may not use the camera.")
        expect(denied).to_be_visible()
        start(page)
        page.wait_for_timeout(2_000)
        expect(denied).to_be_visible()


@pytest.mark.parametrize("by_start", [False, True], ids=["check", "start"])
def test_a_question_that_was_closed_is_told_apart_from_a_denial(
    server: Server, browser: Browser, by_start: bool
) -> None:
    with tab(browser, FAKE_CAMERA, allowed=False) as page:
        ask_for_camera(page)
        page.goto(server.url)
        start(page) if by_start else check_camera(page)
        expect(said(page, "was closed without an answer")).to_be_visible()


def test_no_camera_is_told(server: Server, browser: Browser) -> None:
    with tab(browser, f"{FAKE_CAMERA}=device-count=0") as page:
        page.goto(server.url)
        expect(said(page, "The browser sees no camera.")).to_be_visible()


@pytest.mark.parametrize("by_start", [False, True], ids=["check", "start"])
def test_a_camera_that_another_program_uses_is_told(
    server: Server, browser: Browser, by_start: bool
) -> None:
    with tab(browser, FAKE_CAMERA, ALLOWED, script=BUSY) as page:
        page.goto(server.url)
        start(page) if by_start else check_camera(page)
        busy = said(page, "another program or another tab may be using it")
        expect(busy).to_be_visible()
        if by_start:  # the other program ends
            page.frames[-1].evaluate(FREE)
            start(page)
            expect(page.get_by_text("Press start and allow the camera.")).to_have_count(0)
            expect(busy).to_have_count(0)


def test_a_system_that_refuses_the_browser_is_told_although_the_page_is_allowed(
    server: Server, browser: Browser
) -> None:
    with tab(browser, FAKE_CAMERA, ALLOWED, script=BY_SYSTEM) as page:
        page.goto(server.url)
        start(page)
        expect(said(page, "The operating system does not let this browser")).to_be_visible()


def test_a_page_without_https_is_told(server: Server, browser: Browser) -> None:
    with tab(browser, FAKE_CAMERA, "--host-resolver-rules=MAP semblante.test 127.0.0.1") as page:
        page.goto(server.url.replace("localhost", "semblante.test"))
        expect(said(page, "gives no camera to a page without HTTPS")).to_be_visible()


def test_a_connection_that_is_blocked_is_told_and_that_no_turn_server_is_configured(
    server: Server, browser: Browser, tmp_path: Path
) -> None:
    video = write_face_video(tmp_path / "face.y4m", seconds=1)
    camera = f"--use-file-for-fake-video-capture={video}"
    with tab(browser, FAKE_CAMERA, ALLOWED, camera, script=BLOCKED) as page:
        page.goto(server.url)
        start(page)
        blocked = said(page, "no connection for the video has come about")
        expect(blocked).to_contain_text("no TURN server is configured")


def use_turn_server(monkeypatch: pytest.MonkeyPatch, port: int, password: str) -> None:
    servers = [{"urls": f"turn:127.0.0.1:{port}", "username": "me", "credential": password}]
    monkeypatch.setenv("SEMBLANTE_ICE_SERVERS", json.dumps(servers))


def test_the_test_of_a_turn_server_tells_one_that_answers_from_one_that_refuses(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with turn_server("me", "secret") as turn:
        for password, answer in (
            ("secret", "The TURN server answers and gives this browser an address."),
            ("wrong", "The TURN server answers, but refuses the name or the password."),
        ):
            use_turn_server(monkeypatch, turn.port, password)
            with (
                running_app(tmp_path / password) as server,
                tab(browser, FAKE_CAMERA, ALLOWED) as page,
            ):
                page.goto(server.url)
                page.get_by_role("button", name="Test the TURN server").click()
                expect(said(page, answer)).to_be_visible()


def test_the_video_comes_through_a_turn_server_where_all_else_is_blocked(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = write_face_video(tmp_path / "face.y4m", seconds=1)
    camera = f"--use-file-for-fake-video-capture={video}"
    with turn_server("me", "secret") as turn:
        use_turn_server(monkeypatch, turn.port, "secret")
        with (
            running_app(tmp_path) as server,
            tab(browser, FAKE_CAMERA, ALLOWED, camera, script=BLOCKED) as page,
        ):
            page.goto(server.url)
            start(page)
            expect(page.locator(".face-panel h4")).to_be_visible()
            assert sum(one.relayed for one in turn.allocations.values()) > 10_000


def test_a_connection_that_a_turn_server_does_not_help_is_told_with_its_test(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_turn_server(monkeypatch, 9, "secret")  # nobody answers there
    with (
        running_app(tmp_path) as server,
        tab(browser, FAKE_CAMERA, ALLOWED, script=BLOCKED) as page,
    ):
        page.goto(server.url)
        start(page)
        expect(said(page, "A TURN server is configured: test it below")).to_be_visible()
        page.get_by_role("button", name="Test the TURN server").click()
        expect(said(page, "The TURN server gave this browser no address")).to_be_visible()
