import sys
from pathlib import Path

import pytest

from emotion.bench.server import chromium, running_app
from emotion.errors import SettingsError


def test_without_a_browser_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match="Chromium, which is not installed"), chromium():
        pass


def test_without_playwright_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(SettingsError, match=r"playwright.*requirements-dev\.txt"), chromium():
        pass


def test_an_app_that_does_not_start_gives_its_last_words(tmp_path: Path) -> None:
    start = running_app(tmp_path, module="emotion.no_such_module")
    with pytest.raises(SettingsError, match=r"No module named emotion\.no_such_module"), start:
        pass
