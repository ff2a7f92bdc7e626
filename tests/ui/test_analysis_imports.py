import subprocess
import sys

import pytest

from emotion.settings import PROJECT_DIR


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        ("emotion.ui.analysis_sessions, emotion.ui.resources", {"torch", "sklearn"}),
        ("emotion.ui.analysis_models", {"torch"}),
    ],
)
def test_the_analysis_page_waits_for_no_heavy_package(modules: str, absent: set[str]) -> None:
    program = f"import sys, {modules}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "emotion.charts.base" in loaded
    assert not loaded & absent
