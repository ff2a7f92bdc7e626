from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from emotion.errors import SettingsError
from emotion.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for field in Settings.model_fields:
        monkeypatch.delenv("SEMBLANTE_" + field.upper(), raising=False)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def test_every_setting_is_documented_and_has_a_default_that_works() -> None:
    assert load_settings() == Settings()
    assert all(field.description for field in Settings.model_fields.values())


def test_values_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEMBLANTE_DATA_DIR", "/data/faces")
    monkeypatch.setenv("SEMBLANTE_DATA_ROOTS", '["/data", "/more"]')
    monkeypatch.setenv("SEMBLANTE_RUNS_DIR", "/there/runs")
    monkeypatch.setenv("SEMBLANTE_LANGUAGE", "es")
    monkeypatch.setenv("SEMBLANTE_ICE_SERVERS", '[{"urls": "stun:example.org:3478"}]')
    settings = load_settings()
    assert settings.data_dir == Path("/data/faces")
    assert settings.data_roots == [Path("/data"), Path("/more")]
    assert settings.cache_dir == Path("/there/cache")
    assert settings.language == "es"
    assert settings.ice_servers[0].urls == "stun:example.org:3478"


@pytest.mark.parametrize(
    ("variable", "value", "shown"),
    [
        ("SEMBLANTE_LANGUAGE", "fr", "'fr'"),
        ("SEMBLANTE_FRAME_BUDGET_MS", "-1", "'-1'"),
        ("SEMBLANTE_FRAME_BUDGET_MS", "soon", "'soon'"),
        ("SEMBLANTE_ICE_SERVERS", "stun:example.org", "'stun:example.org'"),
        ("SEMBLANTE_ICE_SERVERS", '[{"url": "stun:x"}]', "{'url': 'stun:x'}"),
        ("SEMBLANTE_ICE_SERVERS", "{}", "{}"),
        ("SEMBLANTE_DATA_ROOTS", "/data", "'/data'"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, shown: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(f"The setting {variable} has the value {shown}, which")


def test_settings_do_not_change_while_the_app_runs() -> None:
    with pytest.raises(ValidationError):
        load_settings().data_dir = Path("/elsewhere")  # type: ignore[misc]
