"""The live page in a real Chromium whose camera shows the clock, read back from its video.

python -m emotion bench browser --json
"""

import base64
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import cv2

from emotion.bench.clip import HEAD, portrait_bgr
from emotion.bench.measure import late, middle
from emotion.bench.server import PATIENCE_S, Server, chromium, running_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame

WARM_S: Final = 5.0
"""Before a window is measured: the encoder finds its rate, the page draws its panels."""
TURNS: Final = 2
BITS: Final = 16
"""Of the clock, in milliseconds: `clock.js` shows as many."""

Times = list[tuple[float, int]]
"""`(milliseconds of the page's clock, code)`."""


def measure_browser(seconds: float) -> dict[str, Any]:
    """The page and the same page with untouched video, in turn, `seconds` each.

    `pictures_per_s` counts different pictures; `delay_ms` is the time from the drawing of a
    picture in the camera to its being shown; `lost` is the share of the camera's pictures
    that were never seen.
    """
    page: list[tuple[Times, Times]] = []
    untouched: list[tuple[Times, Times]] = []
    script = camera_script()
    with (
        TemporaryDirectory() as one,
        TemporaryDirectory() as other,
        chromium() as browser,
        running_app(Path(one)) as app,
        running_app(Path(other), "emotion.bench.untouched") as reference,
    ):
        for _ in range(TURNS):
            page.append(watch(browser, app, script, seconds / TURNS))
            untouched.append(watch(browser, reference, script, seconds / TURNS))
    ours, theirs = figures(page), figures(untouched)
    return {
        "page": ours,
        "untouched": theirs,
        "rate_share": round(ours["pictures_per_s"] / max(theirs["pictures_per_s"], 1e-9), 3),
        "delay_more_ms": round(ours["delay_ms"] - theirs["delay_ms"], 1),
    }


def camera_script() -> str:
    """What gives a page a camera that shows the clock beside a portrait."""
    encoded = cv2.imencode(".png", portrait_bgr()[HEAD])[1]
    address = "data:image/png;base64," + base64.b64encode(encoded.tobytes()).decode()
    script = (Path(__file__).parent / "clock.js").read_text("utf-8")
    return script.replace("PORTRAIT", f'"{address}"')


def watch(browser: "Browser", server: Server, script: str, seconds: float) -> tuple[Times, Times]:
    """What the camera sent and what the page's video showed in some seconds."""
    context = browser.new_context(
        permissions=["camera"], locale="en-GB", viewport={"width": 1280, "height": 1000}
    )
    context.add_init_script(script)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    page.goto(server.url)
    page.frame_locator("iframe").get_by_role("button", name="Start").click()
    page.frame_locator("iframe").locator("video").wait_for()
    frame: Frame = next(frame for frame in page.frames if frame.locator("video").count())
    frame.evaluate("bench.watch(document.querySelector('video'))")
    frame.wait_for_function("bench.seen.length > 30")
    page.wait_for_timeout(WARM_S * 1000)
    frame.evaluate("bench.sent.length = bench.seen.length = 0")
    page.wait_for_timeout(seconds * 1000)
    sent, seen = frame.evaluate("[bench.sent, bench.seen]")
    context.close()
    return sent, seen


def figures(windows: list[tuple[Times, Times]]) -> dict[str, float]:
    """Rate, delay and loss of all windows `(sent, seen)` together."""
    delays: list[float] = []
    different = sent_in_view = seen_of_them = 0
    duration_ms = 0.0
    for sent, seen in windows:
        firsts = {code: now for now, code in reversed(seen)}
        delays += [(now - code) % 2**BITS for code, now in firsts.items()]
        different += len(firsts)
        duration_ms += seen[-1][0] - seen[0][0] if seen else 0.0
        # The last ones are still on their way when the window ends.
        shown = [code for now, code in sent if seen and now < seen[-1][0] - 1000]
        sent_in_view += len(shown)
        seen_of_them += sum(code in firsts for code in shown)
    return {
        "pictures_per_s": round(different / max(duration_ms / 1000, 1e-9), 2),
        "delay_ms": middle(delays),
        "delay_ms_p95": late(delays),
        "lost": round(1 - seen_of_them / max(sent_in_view, 1), 4),
    }
