"""The camera doctor: asks the browser, and says in words what is wrong and the way out."""

import time
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st

from emotion.settings import Settings
from emotion.ui.camera import is_running
from emotion.ui.camera_doctor_findings import (
    Finding,
    camera_findings,
    connection_finding,
    read_report,
    relay_finding,
)
from emotion.ui.language import translate as _

_SCRIPT: Final = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_ASKED: Final = "doctor_{}"
_SINCE: Final = "doctor_connecting_since"


_component: Final = st.components.v2.component("camera_doctor", js=_SCRIPT)


def camera_doctor(settings: Settings, playing: bool) -> None:
    """What stands between the user and the video; nothing at all while it plays."""
    connecting = is_running() and not playing
    st.fragment(_examine, run_every=2.0 if connecting else None)(settings, playing)


def _examine(settings: Settings, playing: bool) -> None:
    has_turn = any(_is_turn(server.urls) for server in settings.ice_servers)
    data = {
        "check": _asked("check"),
        "relay": _asked("relay"),
        "iceServers": [server.model_dump(exclude_none=True) for server in settings.ice_servers],
    }
    result = _component(key="camera_doctor", data=data, on_report_change=lambda: None)
    report = read_report(result.get("report"))
    if playing or report is None:
        st.session_state.pop(_SINCE, None)
        return
    connection = connection_finding(_connecting_s(), has_turn=has_turn)
    for finding in (camera_findings(report), connection, relay_finding(report.relay)):
        if finding is not None:
            _show(finding)
    with st.container(horizontal=True):
        if not is_running():
            _button("check", _("Check the camera"), ":material/videocam:")
        if has_turn and (not is_running() or connection is not None or report.relay is not None):
            _button("relay", _("Test the TURN server"), ":material/lan:")


def _show(finding: Finding) -> None:
    text = finding.error.translated(_)
    if finding.level == "ok":
        st.success(text, icon=":material/check:")
    elif finding.level == "warning":
        st.warning(text, icon=":material/info:")
    else:
        st.error(text, icon=":material/videocam_off:")


def _button(name: str, label: str, icon: str) -> None:
    st.button(label, icon=icon, key=f"doctor_{name}_button", on_click=partial(_ask, name))


def _ask(name: str) -> None:
    st.session_state[_ASKED.format(name)] = _asked(name) + 1


def _asked(name: str) -> int:
    return int(st.session_state.get(_ASKED.format(name), 0))


def _connecting_s() -> float:
    """Seconds since the video was started without coming about; 0 where it was not."""
    if not is_running():
        st.session_state.pop(_SINCE, None)
        return 0.0
    return time.monotonic() - float(st.session_state.setdefault(_SINCE, time.monotonic()))


def _is_turn(urls: str | list[str]) -> bool:
    first = [urls] if isinstance(urls, str) else urls
    return any(url.startswith(("turn:", "turns:")) for url in first)
