import pytest

from emotion.bench.browser import BITS, figures


def test_rate_delay_and_loss_are_counted_from_different_pictures() -> None:
    """30 pictures a second, each shown twice after 100 ms; every third is never shown."""
    sent = [(float(now), now % 2**BITS) for now in range(70_000, 75_000, 33)]
    shown = [(now + 100.0, code) for index, (now, code) in enumerate(sent) if index % 3]
    seen = sorted([*shown, *((now + 8, code) for now, code in shown)])
    found = figures([(sent, seen)])
    assert found["delay_ms"] == 100
    assert found["delay_ms_p95"] == 100
    assert found["lost"] == pytest.approx(1 / 3, abs=0.02)
    assert found["pictures_per_s"] == pytest.approx(20, abs=0.5)


def test_the_delay_survives_the_clock_running_over() -> None:
    sent = [(now, int(now) % 2**BITS) for now in (65_520.0, 65_553.0)]
    seen = [(now + 90.0, code) for now, code in sent]
    assert figures([(sent, seen)])["delay_ms"] == 90
