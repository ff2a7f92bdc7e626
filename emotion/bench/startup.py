"""From `streamlit run` to a live page that can be used.

python -m emotion bench startup --json
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from emotion.bench.server import PATIENCE_S, chromium, running_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def measure_startup() -> dict[str, Any]:
    """Seconds until the start button of the camera can be pressed, with the model loaded.

    `cold` is the first start with no compiled bytecode of any package, `warm` the next one;
    both begin with the process. `second_view` is another tab of the server that runs.
    """
    with TemporaryDirectory() as folder, chromium() as browser:
        _view(browser, "about:blank")  # the browser's own start is not the app's
        bytecode = str(Path(folder) / "bytecode")
        cold = _start(browser, Path(folder), bytecode)
        warm = _start(browser, Path(folder), bytecode)
    return {
        "cold_s": cold["usable_s"],
        "warm_s": warm["usable_s"],
        "second_view_s": warm["second_view_s"],
        "server_cold_s": cold["server_s"],
        "server_warm_s": warm["server_s"],
        "torch_loaded": cold["torch_loaded"] or warm["torch_loaded"],
    }


def _start(browser: "Browser", root: Path, bytecode: str) -> dict[str, Any]:
    with running_app(root, PYTHONPYCACHEPREFIX=bytecode) as server:
        server_s = time.perf_counter() - server.started_s
        _view(browser, server.url)
        usable_s = time.perf_counter() - server.started_s
        again = time.perf_counter()
        _view(browser, server.url)
        return {
            "server_s": round(server_s, 2),
            "usable_s": round(usable_s, 2),
            "second_view_s": round(time.perf_counter() - again, 2),
            "torch_loaded": server.loads_torch(),
        }


def _view(browser: "Browser", url: str) -> None:
    """Open the page in a new window and wait until its camera can be started."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    page.goto(url)
    if url != "about:blank":
        button = page.frame_locator("iframe").get_by_role("button", name="Start")
        button.click(trial=True)  # visible, still, enabled, and nothing lies over it
    context.close()
