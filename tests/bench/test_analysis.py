from pathlib import Path

import pytest

from emotion.bench.analysis import long_session, measure_analysis
from emotion.labels import UNSURE
from emotion.sessions.imported import save
from emotion.sessions.store import SessionStore
from emotion.sessions.totals import spells


def test_the_session_is_as_long_and_as_lively_as_it_is_said_to_be(tmp_path: Path) -> None:
    store = SessionStore(f"sqlite:///{tmp_path / 's.db'}")
    info = store.get(save(store, long_session(0.1, faces=2)))
    assert (info.samples, info.faces) == (7200, 2)
    assert info.duration_s == pytest.approx(359.9)
    rows = spells(store, info.id)
    assert 100 < len(rows) < 250
    lengths = rows["end_s"] - rows["start_s"]
    share = lengths[rows["shown"] == UNSURE].sum() / lengths.sum()
    assert 0.02 < share < 0.3
    store.close()


def test_everything_that_the_page_asks_for_is_measured(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    report = measure_analysis(0.1, 2, url)
    assert report["samples"] == 7200
    seconds = [value for name, value in report.items() if name.endswith("_s")]
    assert len(seconds) == 17
    assert all(0 <= value < 60 for value in seconds)
    parts = ("facts", "faces", "strip", "chart_whole", "statistics_spells", "statistics_faces")
    whole_s = sum(report[f"{name}_s"] for name in parts)
    assert report["open_whole_s"] == pytest.approx(whole_s, abs=0.004)
    store = SessionStore(url)
    assert store.list_sessions() == []
    store.close()
