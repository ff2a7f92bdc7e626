from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from emotion.report.words import clock, local_time


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0:00"),
        (9.4, "0:09"),
        (59.6, "1:00"),
        (725, "12:05"),
        (3599.7, "1:00:00"),
        (3723, "1:02:03"),
    ],
)
def test_a_length_of_time_is_written_as_a_clock(seconds: float, expected: str) -> None:
    assert clock(seconds) == expected


def test_a_time_is_written_in_the_zone_with_its_summer_time() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    assert local_time(datetime(2026, 3, 28, 23, 30, tzinfo=UTC), madrid) == "2026-03-29 00:30"
    assert local_time(datetime(2026, 3, 29, 23, 30, tzinfo=UTC), madrid) == "2026-03-30 01:30"
