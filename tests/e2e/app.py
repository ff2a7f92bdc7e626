"""The app as a user has it: a real server with folders of its own, and a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserType

from emotion.models.store import SHIPPED
from emotion.settings import PROJECT_DIR
from tests.drawn_faces import write_faces
from tests.waiting import wait_for

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TEMPORARY = "temporary"
"""The folder in a server's root for its temporary files, which no other server writes to."""


@dataclass(frozen=True)
class Server:
    """A running app and the folder that holds its models, runs, data and sessions."""

    url: str
    root: Path
    process: subprocess.Popen[bytes]

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.root / 'sessions.db'}"


@contextmanager
def running_app(
    root: Path, script: str = "app.py", launch: Sequence[str] = ("-m", "streamlit")
) -> Iterator[Server]:
    """The app with the shipped model, an empty database and a folder of drawn faces; or
    another script, or streamlit started in another way."""
    shutil.copytree(PROJECT_DIR / "saved_models" / SHIPPED, root / "models" / SHIPPED)
    write_faces(root / "faces", train=12, test=3)
    (root / TEMPORARY).mkdir()
    port = _free_port()
    environment = os.environ | {
        "SEMBLANTE_MODELS_DIR": str(root / "models"),
        "SEMBLANTE_RUNS_DIR": str(root / "runs"),
        "SEMBLANTE_CACHE_DIR": str(root / "cache"),
        "SEMBLANTE_DATA_DIR": str(root / "faces"),
        "SEMBLANTE_DATABASE_URL": f"sqlite:///{root / 'sessions.db'}",
        "TMPDIR": str(root / TEMPORARY),
    }
    command = [sys.executable, *launch, "run", script, "--server.headless=true"]
    with (root / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, f"--server.port={port}"],
            cwd=PROJECT_DIR,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        server = Server(f"http://localhost:{port}", root, process)
        try:
            wait_for("the server", lambda: _healthy(server.url), 60)
            yield server
        finally:
            process.terminate()
            process.wait(20)


def launch(chromium: BrowserType, executable: str, video: Path) -> Browser:
    """A headless Chromium whose camera shows `video` (y4m), allowed without asking."""
    return chromium.launch(
        executable_path=executable,
        args=[
            "--no-sandbox",  # the tests may run as root
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={video}",
            "--disable-background-networking",
        ],
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
