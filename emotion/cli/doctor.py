"""`python -m emotion doctor`: whether this installation can do its work, and how fast."""

import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Final

import numpy as np

from emotion import __version__
from emotion.cli.output import Json, print_json, print_table
from emotion.errors import EmotionError, SettingsError
from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.sessions.store import SessionStore
from emotion.settings import load_settings
from emotion.vision.detector import FaceDetector

PACKAGES: Final = ("torch", "openvino", "streamlit", "streamlit-webrtc", "aiortc", "av")
OPENCV: Final = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `detail` says what was found, or what to do."""

    name: str
    ok: bool
    detail: str


def doctor(as_json: Json = False) -> int:
    """Check this installation; the exit code is 1 when something does not work."""
    checks = [_checked(name, look) for name, look in LOOKS.items()]
    ok = all(check.ok for check in checks)
    if as_json:
        print_json({"ok": ok, "checks": [asdict(check) for check in checks]})
    else:
        print_table(
            ("check", "", "found"),
            [(check.name, "ok" if check.ok else "WRONG", check.detail) for check in checks],
        )
    return 0 if ok else 1


def _checked(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except EmotionError as error:
        return Check(name, False, str(error))


def _versions() -> str:
    found = [f"{name} {metadata.version(name)}" for name in PACKAGES]
    return f"Semblante {__version__}, Python {platform.python_version()}, " + ", ".join(found)


def _one_opencv() -> str:
    installed = {distribution.metadata["Name"] for distribution in metadata.distributions()}
    found = [name for name in OPENCV if name in installed]
    if len(found) != 1:
        raise SettingsError(
            "{n} OpenCV packages are installed ({found}); they overwrite each other. Uninstall "
            "all of them and install opencv-python-headless.",
            n=len(found),
            found=", ".join(found) or "none",
        )
    return f"{found[0]} {metadata.version(found[0])}"


def _detector() -> str:
    detector = FaceDetector()
    frame = np.zeros((480, 640, 3), np.uint8)
    return f"YuNet, {_milliseconds(lambda: detector.detect(frame)):.1f} ms for 640 x 480"


def _model() -> str:
    entry = find_model(load_settings().models_dir)
    classifier = load_classifier(entry)
    crop = np.zeros((1, classifier.crop_size, classifier.crop_size), np.uint8)
    speed = _milliseconds(lambda: classifier.probabilities(crop))
    return f"{entry.name}, {classifier.backend.description}, {speed:.1f} ms a face"


def _sessions() -> str:
    store = SessionStore(load_settings().database_url)
    return f"{len(store.list_sessions())} sessions in {store.place}"


def _ice() -> str:
    servers = load_settings().ice_servers
    return f"{len(servers)} STUN or TURN servers" if servers else "none: one machine needs none"


def _milliseconds(step: Callable[[], object], times: int = 20) -> float:
    """Median wall time of `step` after a first call that warms it up."""
    step()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        step()
        taken.append((time.perf_counter() - start) * 1000)
    return float(np.median(taken))


LOOKS: Final = {
    "versions": _versions,
    "OpenCV": _one_opencv,
    "face detector": _detector,
    "active model": _model,
    "sessions": _sessions,
    "ICE servers": _ice,
}
