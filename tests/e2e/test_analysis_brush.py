"""A part of a session is chosen with the pointer, in a real browser."""

import re

from playwright.sync_api import Locator, Page, expect

from emotion.sessions.finished import save_finished
from emotion.sessions.rows import TimedResult
from emotion.sessions.store import SessionStore
from tests.e2e.app import Server
from tests.sessions.made import result

HAPPY_S, ALL_S = 60, 120


def drag(page: Page, strip: Locator, begin: float, end: float) -> None:
    """From one share of the width of the time axis to another."""
    plot = strip.locator(".background").first.bounding_box()
    assert plot is not None
    y = plot["y"] + plot["height"] / 2
    page.mouse.move(plot["x"] + begin * plot["width"], y)
    page.mouse.down()
    for share in (begin + (end - begin) / 2, end):
        page.mouse.move(plot["x"] + share * plot["width"], y, steps=5)
    page.mouse.up()


def test_a_brush_over_the_strip_zooms_in_and_a_click_on_reset_zooms_out(
    server: Server, page: Page
) -> None:
    store = SessionStore(server.database_url)
    rows = [
        TimedResult(n, n / 5, result((1, "happy" if n < 5 * HAPPY_S else "sad")))
        for n in range(5 * ALL_S)
    ]
    save_finished(store, "talk", "tiny", rows)
    store.close()
    page.goto(f"{server.url}/analysis")
    expect(page.get_by_text("For 50% of the time in which a face was seen")).to_be_visible()
    strip = page.get_by_test_id("stVegaLiteChart").first
    strip.scroll_into_view_if_needed()
    drag(page, strip, 0.1, 0.4)
    chosen = page.get_by_text(re.compile(r"0:1[123] – 0:4[789]"))
    expect(chosen.first).to_be_visible()
    sentence = "For 100% of the time in which a face was seen, it showed “happy”."
    expect(page.get_by_text(sentence)).to_be_visible()
    # What is brushed stays marked, and can be brushed anew.
    drag(page, strip, 0.7, 0.9)
    expect(page.get_by_text(sentence.replace("happy", "sad"))).to_be_visible()
    page.get_by_role("button", name="Whole session").click()
    expect(page.get_by_text("For 50% of the time in which a face was seen")).to_be_visible()
