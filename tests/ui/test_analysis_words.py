from datetime import UTC, datetime

import pytest

from emotion.sessions.store import SessionInfo
from emotion.ui.analysis_words import file_name, plain, written_time


def session(name: str) -> SessionInfo:
    return SessionInfo(
        id=12,
        name=name,
        state="ended",
        started_at=datetime(2026, 3, 14, 9, 26, tzinfo=UTC),
        ended_at=datetime(2026, 3, 14, 9, 27, tzinfo=UTC),
        duration_s=60.0,
        model="tiny",
        note="",
        app_version="0",
        samples=1,
        faces=1,
        markers=0,
        paused_s=0.0,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-14T09:26:53+02:00", "2026-03-14 07:26"),  # outside of a page: UTC
        ("2026-03-14T09:26:53", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_a_time_in_a_file_is_written_where_its_zone_is_known(text: str, expected: str) -> None:
    assert written_time(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("niño 2", "session-12-niño-2.csv"),
        ('../a\\b:c*?"<>|', "session-12-a-b-c.csv"),
        ("...", "session-12.csv"),
        ("x" * 200, f"session-12-{'x' * 60}.csv"),
    ],
)
def test_a_file_name_holds_nothing_that_a_file_system_refuses(name: str, expected: str) -> None:
    assert file_name(session(name), "csv") == expected


def test_markdown_in_a_name_is_shown_as_typed() -> None:
    assert plain("*a* [b](c) :red[d] $e$ `f`") == (r"\*a\* \[b\](c) \:red\[d\] \$e\$ \`f\`")
