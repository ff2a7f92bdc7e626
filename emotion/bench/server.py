"""The app's real server and a real Chromium, for the benches that need them."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

from emotion.errors import SettingsError
from emotion.settings import PROJECT_DIR

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PATIENCE_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running app: its address, process, and when it was started (`perf_counter`)."""

    url: str
    pid: int
    started_s: float

    def loads_torch(self) -> bool:
        """Whether a library of torch is in the process's memory."""
        maps = psutil.Process(self.pid).memory_maps()
        return any(f"{os.sep}torch{os.sep}" in entry.path for entry in maps)


@contextmanager
def running_app(root: Path, module: str = "streamlit", **environment: str) -> Iterator[Server]:
    """The app on a free port with a database of its own in `root`; `module` runs it."""
    port = _free_port()
    command = [sys.executable, "-m", module, "run", "app.py", "--server.headless=true"]
    database = f"sqlite:///{root / 'sessions.db'}"
    started_s = time.perf_counter()
    with (root / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, f"--server.port={port}"],
            cwd=PROJECT_DIR,
            env=os.environ | {"SEMBLANTE_DATABASE_URL": database} | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            server = Server(f"http://localhost:{port}", process.pid, started_s)
            _wait_until_healthy(server.url, process, root / "server.log")
            yield server
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A headless Chromium with a camera that needs no permission.

    Raises `SettingsError` when Playwright or Chromium is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        raise SettingsError(
            "This bench drives a browser with the package {package}, which is not installed. "
            "Run pip install -r requirements-dev.txt.",
            package="playwright",
        ) from error
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        raise SettingsError(
            "This bench needs the browser {browser}, which is not installed. On Debian: "
            "apt-get install chromium.",
            browser="Chromium",
        )
    with sync_playwright() as playwright:
        arguments = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            arguments.append("--no-sandbox")  # Chromium refuses root otherwise
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def _wait_until_healthy(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while not _healthy(url):
        if process.poll() is not None or time.monotonic() > end:
            lines = log.read_text("utf-8", "replace").strip().splitlines() or ["it said nothing"]
            raise SettingsError(
                "The app did not start ({reason}). Run streamlit run app.py to see why.",
                reason=lines[-1],
            )
        time.sleep(0.02)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
