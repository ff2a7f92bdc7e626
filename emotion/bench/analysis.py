"""A session of ten hours at ten samples a second with three faces, as the analysis page reads it.

python -m emotion bench analysis --json
"""

import io
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pandas as pd

from emotion.bench.measure import Times, middle
from emotion.labels import KEYS, UNSURE
from emotion.sessions.export import KINDS, Kind, write_session
from emotion.sessions.imported import Imported, save
from emotion.sessions.reduced import reduced
from emotion.sessions.schema import ENDED
from emotion.sessions.store import SessionStore
from emotion.sessions.tables import PROBABILITIES
from emotion.sessions.totals import face_times, faces_at_once, spells

SAMPLES_PER_S: Final = 10
LABEL_S: Final = 5.0
"""How long a label stays on average: 20,000 of them in ten hours of three faces."""
_STRIP_POINTS: Final = 150
_ROUNDS: Final = 5


def measure_analysis(hours: float, faces: int, database_url: str | None = None) -> dict[str, Any]:
    """Seconds that the database takes for what the page shows of a long session, medians of
    five; the session is written to `database_url`, or to a SQLite file, and deleted again.

    `open_whole_s` is all that the page asks for of the whole session: its facts, its faces, the
    strip, the charts, the statistics. `zoom_*` are the chart of a part of it. The first of five
    reads, with nothing in the caches of this process, is `open_first_s`.
    """
    with TemporaryDirectory(prefix="semblante-bench-") as folder:
        store = SessionStore(database_url or f"sqlite:///{Path(folder) / 'sessions.db'}")
        session, write_s = _timed(partial(save, store, long_session(hours, faces)))
        try:
            report = _reading(store, session, hours * 3600)
            report |= {
                f"export_{kind}_s": _timed(_export(store, session, kind))[1] for kind in KINDS
            }
        finally:
            delete_s = _timed(partial(store.delete, session))[1]
            store.close()
    kind = "SQLite" if database_url is None else database_url.partition(":")[0]
    return {
        "database": kind,
        "samples": round(hours * 3600 * SAMPLES_PER_S) * faces,
        **report,
        "write_s": write_s,
        "delete_s": delete_s,
    }


def long_session(hours: float, faces: int, seed: int = 0) -> Imported:
    """A session with random labels that stay for a while, one in eight of them "not sure"."""
    rng = np.random.default_rng(seed)
    count = round(hours * 3600 * SAMPLES_PER_S)
    time_s = np.arange(count) / SAMPLES_PER_S
    names = np.array([*KEYS, UNSURE])
    parts = []
    for face in range(1, faces + 1):
        changes = rng.random(count) < 1 / (LABEL_S * SAMPLES_PER_S)
        drawn = rng.integers(0, len(names), changes.sum() + 1)
        label = drawn[np.cumsum(changes)]
        expression = label % len(KEYS)
        shares = rng.dirichlet(np.ones(len(KEYS)), count).astype(np.float32)
        part = pd.DataFrame(shares, columns=list(PROBABILITIES))
        part["frame_number"], part["track_number"] = np.arange(count), face
        part["expression"], part["shown"] = names[expression], names[label]
        part["reasons"] = np.where(label == len(KEYS), "low_confidence", "")
        part["confidence"] = shares[np.arange(count), expression]
        parts.append(part.assign(score=0.9, face_width_px=120.0, baseline=False))
    frames = pd.DataFrame({"number": np.arange(count), "time_s": time_s})
    return Imported(
        name="bench",
        model="none",
        note="",
        state=ENDED,
        started_at=datetime.now(UTC) - timedelta(hours=hours),
        frames=frames.assign(faces=faces, processing_ms=10.0),
        samples=pd.concat(parts).sort_values(["frame_number", "track_number"], ignore_index=True),
        tracks=dict.fromkeys(range(1, faces + 1), ""),
        markers=[(3600.0 * hour, f"hour {hour}") for hour in range(1, int(hours))],
        pauses=[],
    )


def _reading(store: SessionStore, session: int, length_s: float) -> dict[str, float]:
    middle_s = length_s / 2
    steps: dict[str, Callable[[], object]] = {
        "facts": partial(store.get, session),
        "faces": partial(face_times, store, session),
        "strip": partial(reduced, store, session, points=_STRIP_POINTS, frames=False),
        "chart_whole": partial(reduced, store, session),
        "zoom_hour": partial(reduced, store, session, middle_s, middle_s + 3600),
        "zoom_ten_minutes": partial(reduced, store, session, middle_s, middle_s + 600),
        "zoom_ten_seconds": partial(reduced, store, session, middle_s, middle_s + 10),
        "statistics_spells": partial(spells, store, session),
        "statistics_faces": partial(faces_at_once, store, session),
    }
    whole = ("facts", "faces", "strip", "chart_whole", "statistics_spells", "statistics_faces")
    times = {name: Times() for name in steps}
    for _ in range(_ROUNDS):
        for name, step in steps.items():
            times[name].call(step)

    def opening(of: Callable[[str], float]) -> float:
        return round(sum(map(of, whole)) / 1000, 3)

    return {
        "open_whole_s": opening(lambda name: middle(times[name].wall)),
        "open_whole_cpu_s": opening(lambda name: middle(times[name].cpu)),
        "open_first_s": opening(lambda name: times[name].wall[0]),
        **{f"{name}_s": round(middle(values.wall) / 1000, 3) for name, values in times.items()},
    }


def _export(store: SessionStore, session: int, kind: Kind) -> Callable[[], None]:
    return lambda: write_session(store, session, io.BytesIO(), kind)


def _timed(step: Callable[[], Any]) -> tuple[Any, float]:
    """What `step` returns, and its seconds."""
    began = time.perf_counter()
    answer = step()
    return answer, round(time.perf_counter() - began, 2)
