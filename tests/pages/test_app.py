"""The frame around the pages."""

import pytest
from streamlit.testing.v1 import AppTest

from emotion.settings import PROJECT_DIR, load_settings


def test_a_setting_that_cannot_be_used_is_named_on_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SEMBLANTE_FRAME_BUDGET_MS", "soon")
    load_settings.cache_clear()
    app = AppTest.from_file(str(PROJECT_DIR / "app.py"), default_timeout=30).run()
    load_settings.cache_clear()

    assert not app.exception
    (error,) = app.error
    assert "SEMBLANTE_FRAME_BUDGET_MS" in error.value
    assert "soon" in error.value
