"""A file that is made when its button is pressed, in a real browser."""

from pathlib import Path

from playwright.sync_api import Page, expect

from emotion.sessions.finished import save_finished
from emotion.sessions.store import SessionStore
from tests.e2e.app import Server
from tests.sessions.made import lively


def test_a_file_is_made_on_the_click_and_one_that_cannot_be_made_says_why(
    server: Server, page: Page
) -> None:
    store = SessionStore(server.database_url)
    number = save_finished(store, "talk", "tiny", lively(20))
    page.goto(f"{server.url}/analysis")
    button = page.get_by_role("button", name="Download CSV").first
    for _ in range(2):  # the second click finds another button, as the page was drawn anew
        with page.expect_download() as arriving:
            button.click()
        text = Path(arriving.value.path()).read_text("utf-8-sig")
        assert text.startswith("time,seconds,face") and text.count("\n") > 100
    sentence = page.get_by_text(f"There is no session {number} in")
    expect(sentence).to_have_count(0)
    store.delete(number)  # as somebody may in another tab
    store.close()
    button.click()
    expect(sentence).to_be_visible()
    expect(button).to_be_visible()
