"""What may be wrong with the camera or its connection, and the way out, in words.

A finding is a sentence as a template with named values, as errors have it; the page
translates it. Nothing here knows of Streamlit or a browser.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from emotion.errors import CameraError

Level = Literal["error", "warning", "ok"]
CONNECTING_S: Final = 10.0
"""On one machine a connection stands in under a second, over the internet in a few; a
browser itself gives up after 15 to 30."""


@dataclass(frozen=True, slots=True)
class BrowserReport:
    """What the page's component was told by the browser.

    `permission` is "granted", "denied", "prompt" or "unknown"; `cameras` their number, None
    where the browser does not say. `check` is how the camera answered when the user had it
    checked, or started the video in vain: "ok", "Dismissed", "DeniedBySystem", or the name of
    the browser's error; `relay` how the test of the TURN server went: "ok", "refused" (name or
    password), "none" (no address came), or the name of an error.
    """

    secure: bool = True
    media: bool = True
    permission: str = "unknown"
    cameras: int | None = None
    check: str | None = None
    relay: str | None = None


def read_report(value: Any) -> BrowserReport | None:
    """The report that came from the browser; None while there is none.

    It is a stranger's word: fields that are unknown or of another type are left out.
    """
    if not isinstance(value, dict):
        return None
    kinds = {
        "secure": bool,
        "media": bool,
        "permission": str,
        "cameras": int,
        "check": str,
        "relay": str,
    }
    return BrowserReport(
        **{name: value[name] for name, kind in kinds.items() if isinstance(value.get(name), kind)}
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of the doctor; `name` is what tells findings apart."""

    name: str
    level: Level
    error: CameraError


def camera_findings(report: BrowserReport) -> Finding | None:
    """Why the camera cannot be used or, after a check, that it can; None: nothing known."""
    if not report.secure or not report.media:
        return _insecure()
    checked = _CHECKED.get(report.check or "")
    if report.check == "ok" or (checked and checked.name not in ("denied", "dismissed")):
        return checked
    if report.permission == "denied":
        return _CHECKED["NotAllowedError"]
    if report.cameras == 0:
        return _CHECKED["NotFoundError"]
    if checked is not None and report.permission != "granted":
        return checked
    return _unknown(report.check) if report.check and checked is None else None


def connection_finding(connecting_s: float, *, has_turn: bool) -> Finding | None:
    """Why no video comes although the camera was started `connecting_s` seconds ago."""
    if connecting_s < CONNECTING_S:
        return None
    if has_turn:
        return Finding(
            "no_connection",
            "error",
            CameraError(
                "For {seconds} seconds no connection for the video has come about. A TURN "
                "server is configured: test it below. If the test fails, its address, its "
                "name and its password in SEMBLANTE_ICE_SERVERS, or a firewall, are at fault.",
                seconds=int(connecting_s),
            ),
        )
    return Finding(
        "no_connection",
        "error",
        CameraError(
            "For {seconds} seconds no connection for the video has come about. A firewall or "
            "a network in between seems to block UDP, and no TURN server is configured: open "
            "the ports, use another network, or set SEMBLANTE_ICE_SERVERS to a TURN server.",
            seconds=int(connecting_s),
        ),
    )


def relay_finding(relay: str | None) -> Finding | None:
    """How the test of the TURN server went."""
    if relay is None:
        return None
    if relay == "ok":
        return Finding(
            "relay_ok",
            "ok",
            CameraError("The TURN server answers and gives this browser an address."),
        )
    if relay == "refused":
        return Finding(
            "relay_refused",
            "error",
            CameraError(
                "The TURN server answers, but refuses the name or the password. Correct them in "
                "SEMBLANTE_ICE_SERVERS, and start the server again."
            ),
        )
    return Finding(
        "relay_bad",
        "error",
        CameraError(
            "The TURN server gave this browser no address within 10 seconds. Look at its "
            "address, name and password in SEMBLANTE_ICE_SERVERS, and whether it can be reached."
        ),
    )


def _insecure() -> Finding:
    return Finding(
        "insecure",
        "error",
        CameraError(
            "This browser gives no camera to a page without HTTPS. Open it as localhost on the "
            "machine that runs it, or serve it over HTTPS (the README tells how)."
        ),
    )


def _unknown(name: str) -> Finding:
    return Finding(
        "unknown",
        "error",
        CameraError(
            "The camera could not be started; the browser says {name}. Unplug it and plug it "
            "in again, or choose another under Select device.",
            name=name,
        ),
    )


_CHECKED: Final = {
    "ok": Finding("ok", "ok", CameraError("The camera works. Press start.")),
    "NotAllowedError": Finding(
        "denied",
        "error",
        CameraError(
            "This page may not use the camera. Allow it in the site settings, at the left end "
            "of the browser's address bar, and reload the page."
        ),
    ),
    "Dismissed": Finding(
        "dismissed",
        "warning",
        CameraError(
            "The browser's question about the camera was closed without an answer. Press start "
            "again and choose Allow."
        ),
    ),
    "DeniedBySystem": Finding(
        "denied_by_system",
        "error",
        CameraError(
            "The operating system does not let this browser use the camera. Allow it in the "
            "system's privacy settings, under camera, and start the browser again."
        ),
    ),
    "NotFoundError": Finding(
        "no_camera",
        "error",
        CameraError(
            "The browser sees no camera. Connect one, or switch it on: some laptops have a key "
            "or a cover for it."
        ),
    ),
    "NotReadableError": Finding(
        "busy",
        "error",
        CameraError(
            "The camera is there but gives no picture: another program or another tab may be "
            "using it. Close that one and check again."
        ),
    ),
}
