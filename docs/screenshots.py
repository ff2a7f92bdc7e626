"""`python -m docs.screenshots`: the README's pictures, taken from the running app.

Needs the packages of requirements-dev.txt and Chromium; takes some four minutes. The camera
shows NASA's portrait of Eileen Collins (public domain); the run learns drawn faces.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from emotion.locale import LANGUAGES, Translate, translator
from tests.e2e.app import CHROMIUM, Server, launch, running_app
from tests.e2e.camera import write_face_video

FOLDER = Path(__file__).parent
RECORD_MS = 20_000
MARGIN = 12
"""Pixels around a control."""


def main() -> None:
    """Write `docs/{live,train,analysis}-{en,es}.png` and `docs/controls/*-{en,es}.png`."""
    assert CHROMIUM, "no Chromium is installed; on Debian: apt-get install chromium"
    expect.set_options(timeout=60_000)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root = Path(folder)
        browser = launch(playwright.chromium, CHROMIUM, write_face_video(root / "face.y4m"))
        with running_app(root) as server:
            for language in sorted(LANGUAGES):
                context = browser.new_context(
                    permissions=["camera"],
                    viewport={"width": 1280, "height": 900},
                    locale=language,
                )
                page = context.new_page()
                page.set_default_timeout(60_000)
                words = translator(language)
                _live(page, server, language, words)
                _train(page, server, language, words)
                _analysis(page, server, language)
                context.close()
        browser.close()


def _live(page: Page, server: Server, language: str, words: Translate) -> None:
    page.goto(server.url)
    start = page.frame_locator("iframe").get_by_role("button", name=words("Start"))
    start.click()
    page.wait_for_selector(".face-panel h4")
    page.set_viewport_size({"width": 1280, "height": 1700})  # all controls without scrolling
    _controls(page, language, words)
    _button(page, words("Record")).click()
    agreed = _button(page, words("Everyone agreed: record"))
    question = page.get_by_text(
        words("Does everyone in view know of the recording and agree to it?")
    )
    _part(page, f"consent-{language}", question, agreed, _button(page, words("Do not record")))
    agreed.click()
    page.wait_for_timeout(RECORD_MS)
    clock = page.get_by_text(words("Recording numbers, no pictures"))
    stop = _button(page, words("Stop recording"))
    mark = _button(page, words("Mark this moment"), exact=False)
    hold = _button(page, words("Pause recording"))
    _part(page, f"recording-{language}", clock, hold, stop, mark)
    page.set_viewport_size({"width": 1280, "height": 900})
    _save(page, f"live-{language}")
    stop.click()
    expect(page.get_by_text(words("The session is saved."))).to_be_visible()


def _controls(page: Page, language: str, words: Translate) -> None:
    """A picture of each control of the live page."""
    _part(page, f"source-{language}", page.get_by_test_id("stMain").get_by_role("radiogroup").first)
    _part(page, f"video-{language}", page.locator("iframe").first)
    for name in ("Picture", "Labels"):
        opener = _button(page, words(name), exact=False)
        opener.click()
        shown = page.locator("[data-testid=stPopoverBody]")
        _part(page, f"{name.lower()}-{language}", opener, shown)
        page.keyboard.press("Escape")
        expect(shown).to_have_count(0)
    _part(
        page, f"pause-{language}", _button(page, words("Pause")), _button(page, words("Snapshot"))
    )
    name = page.get_by_text(words("Name of the session"), exact=True)
    _part(page, f"record-{language}", name, _button(page, words("Record")))
    calibrate = _button(page, words("Calibrate to this face"))
    _part(page, f"calibrate-{language}", page.locator(".face-panel").first, calibrate)
    figures = page.get_by_text(words("More figures"))
    figures.click()
    page.wait_for_timeout(1_000)
    _part(page, f"figures-{language}", page.locator("[data-testid=stExpander]").first)
    figures.click()


def _button(page: Page, name: str, *, exact: bool = True) -> Locator:
    return page.get_by_role("button", name=name, exact=exact).first


def _part(page: Page, name: str, *parts: Locator) -> None:
    """The rectangle of the page around the parts."""
    page.wait_for_timeout(1_000)
    boxes = [box for part in parts if (box := part.bounding_box()) is not None]
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    right = max(box["x"] + box["width"] for box in boxes)
    bottom = max(box["y"] + box["height"] for box in boxes)
    page.screenshot(
        path=FOLDER / "controls" / f"{name}.png",
        clip={
            "x": max(left - MARGIN, 0),
            "y": max(top - MARGIN, 0),
            "width": right - left + 2 * MARGIN,
            "height": bottom - top + 2 * MARGIN,
        },
    )


def _train(page: Page, server: Server, language: str, words: Translate) -> None:
    """The first language starts a run of some epochs; both show it at its end."""
    page.goto(f"{server.url}/train")
    finished = page.get_by_text(words("The model {name} is ready.").partition("{name}")[2]).first
    if not (server.root / "runs").exists():
        page.get_by_label(words("Epochs"), exact=True).fill("6")
        page.get_by_role("button", name=words("Start the run")).click()
        finished.wait_for(timeout=400_000)
    finished.wait_for()
    page.wait_for_timeout(3_000)
    _save(page, f"train-{language}")


def _analysis(page: Page, server: Server, language: str) -> None:
    page.goto(f"{server.url}/analysis")
    page.wait_for_selector("[data-testid=stVegaLiteChart]")
    page.wait_for_timeout(3_000)
    _save(page, f"analysis-{language}")


def _save(page: Page, name: str) -> None:
    page.wait_for_timeout(1_000)
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
