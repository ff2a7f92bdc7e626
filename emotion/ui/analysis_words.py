"""Words and numbers of sessions as the analysis page writes them. No widgets."""

import re
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from emotion.report.words import clock, local_time
from emotion.sessions.schema import INTERRUPTED, RECORDING
from emotion.sessions.store import SessionInfo
from emotion.ui.language import translate as _

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>$~:])")
_NOT_IN_NAMES: Final = re.compile(r"[^\w-]+")


def browser_zone() -> tzinfo:
    """The time zone of the browser; UTC when it names none that this machine knows."""
    name = st.context.timezone
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, KeyError):
        return UTC


def written_time(text: str) -> str:
    """The ISO time that stands in a file, in the zone of the browser; empty where it is none,
    or without a zone, since people may write there."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return local_time(moment, browser_zone()) if moment.tzinfo else ""


def faces_seen(faces: int) -> str:
    """How many faces, in words."""
    return _("1 face") if faces == 1 else _("{n} faces").format(n=faces)


def state_name(state: str) -> str:
    """What the state of a session is called on the page."""
    return {RECORDING: _("recording"), INTERRUPTED: _("cut short")}.get(state, _("complete"))


def session_label(session: SessionInfo, zone: tzinfo) -> str:
    """A session in one line. The number at its end tells namesakes apart.

    What grows while it is recorded is left out, so that the line stays the same.
    """
    parts = [session.name, local_time(session.started_at, zone)]
    if session.state == RECORDING:
        parts.append(state_name(session.state))
    else:
        parts += [clock(session.duration_s), faces_seen(session.faces)]
    return " · ".join([*parts, f"#{session.id}"])


def file_stem(session: SessionInfo) -> str:
    """How the names of downloaded files begin, with nothing that a file system refuses."""
    name = _NOT_IN_NAMES.sub("-", session.name).strip("-")[:60]
    return "-".join(filter(None, ("session", str(session.id), name)))


def file_name(session: SessionInfo, ending: str) -> str:
    """A name for a downloaded file."""
    return f"{file_stem(session)}.{ending}"


def plain(text: str) -> str:
    """`text` so that Markdown shows it as it was typed; a file name that is no UTF-8 with
    question marks in it."""
    return _MARKUP.sub(r"\\\1", text.encode("utf-8", "replace").decode())
