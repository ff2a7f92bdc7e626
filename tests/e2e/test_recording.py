"""A recording in a real browser: markers by key, a pause, and a server that is killed."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from emotion.sessions.store import SessionStore
from tests.e2e.app import Server
from tests.e2e.test_first_light import start_camera, start_recording


def test_a_moment_is_marked_by_a_key_and_a_pause_is_cut_out(server: Server, page: Page) -> None:
    start_camera(page, server)
    expect(page.locator(".filmed p[lang=es]")).to_be_visible()
    expect(page.locator(".filmed p[lang=en]")).to_be_visible()
    start_recording(page)
    page.get_by_label("Label of the marker").fill("bell")
    page.get_by_label("Label of the marker").press("Enter")
    page.get_by_label("Label of the marker").press("m")  # typed, and no marker
    page.get_by_label("Label of the marker").press("Backspace")
    page.get_by_label("Label of the marker").blur()
    page.wait_for_timeout(1_500)
    page.keyboard.press("m")
    expect(page.get_by_text("bell", exact=False).last).to_be_visible()
    page.get_by_role("button", name="Pause recording").click()
    expect(page.get_by_text("Paused 0:")).to_be_visible()
    page.wait_for_timeout(4_000)
    page.get_by_role("button", name="Resume recording").click()
    page.wait_for_timeout(2_000)
    page.get_by_role("button", name="Stop recording").click()
    expect(page.get_by_text("The session is saved.")).to_be_visible()

    store = SessionStore(server.database_url)
    (info,) = store.list_sessions()
    markers = store.read_markers(info.id)
    seconds = store.read_frames(info.id)["seconds"]
    store.close()
    assert markers["label"].tolist() == ["bell"]
    assert info.paused_s > 3.5
    assert seconds.diff().max() < 2, "the pause must leave no gap in the seconds"


def test_a_killed_server_loses_two_seconds_at_most(server: Server, page: Page) -> None:
    start_camera(page, server)
    start_recording(page)
    page.wait_for_timeout(5_000)
    killed_at = datetime.now(UTC)
    server.process.kill()
    server.process.wait(20)

    store = SessionStore(server.database_url)
    assert store.close_interrupted() == 1
    (info,) = store.list_sessions()
    store.close()
    assert info.state == "interrupted"
    assert info.ended_at is not None
    assert killed_at - info.ended_at < timedelta(seconds=2)
    assert info.samples > 0
