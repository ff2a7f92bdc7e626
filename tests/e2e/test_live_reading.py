"""How faces are read, in a real browser: steadiness by keyboard and in the link, calibration."""

from playwright.sync_api import Page, expect

from emotion.vision.smoothing import delay_ms
from tests.e2e.app import Server
from tests.e2e.test_first_light import start_camera


def open_labels(page: Page) -> None:
    page.get_by_role("button", name="Labels").click()
    expect(page.get_by_text("Steadiness")).to_be_visible()


def test_steadiness_is_set_by_keyboard_while_the_video_runs_and_a_link_restores_it(
    server: Server, page: Page
) -> None:
    start_camera(page, server)
    open_labels(page)
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text(f"{delay_ms(0.55):.0f} ms", exact=True)).to_be_visible()
    page.wait_for_url("**/?*steadiness=55*")
    expect(page.locator(".face-panel h4")).to_be_visible()

    page.goto(f"{server.url}/?steadiness=0")
    open_labels(page)
    expect(page.get_by_text("0 ms", exact=True)).to_be_visible()


def test_calibration_shows_its_progress_and_its_badge_and_is_undone(
    server: Server, page: Page
) -> None:
    """That a face which is not seen well is refused is tested without a browser."""
    start_camera(page, server)
    page.get_by_role("button", name="Calibrate to this face").click()
    expect(page.get_by_text("Keep a neutral face")).to_be_visible()
    expect(page.get_by_text("Calibrated to this face")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Calibrated to this face")).to_have_count(0)
    expect(page.get_by_role("button", name="Calibrate to this face")).to_be_visible()
