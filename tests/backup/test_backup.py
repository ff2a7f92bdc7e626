"""A backup is made and brought back: with a real model, real sessions, real corrections."""

import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from emotion.backup.restore import read_manifest, restore_backup
from emotion.backup.save import save_backup
from emotion.data import corrections
from emotion.errors import EmotionError, SessionError
from emotion.models.load import check_files
from emotion.models.store import find_model, list_models
from emotion.sessions.finished import save_finished
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from emotion.settings import Settings
from tests.drawn_faces import write_faces
from tests.sessions.made import lively

PICTURES = ("train/1/0.png", "train/2/0.png")


@pytest.fixture
def home(tmp_path: Path, models_dir: Path) -> Settings:
    """What a user has: two sessions, a model, two corrections."""
    settings = place(tmp_path / "home")
    shutil.copytree(models_dir, settings.models_dir)
    write_faces(settings.data_dir, train=1, test=1)
    corrections.add(settings.data_dir, [corrections.set_aside(path) for path in PICTURES])
    store = SessionStore(settings.database_url)
    for name in ("one", "two"):
        save_finished(store, name, "tiny", lively(20, seed=len(name + name[0])), "a note")
    store.close()
    return settings


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """Another computer, with the same data folder and nothing else."""
    settings = place(tmp_path / "elsewhere")
    settings.models_dir.mkdir(parents=True)
    write_faces(settings.data_dir, train=1, test=1)
    return settings


def place(folder: Path) -> Settings:
    folder.mkdir()
    return Settings(
        data_dir=folder / "DATASET",
        models_dir=folder / "models",
        runs_dir=folder / "runs",
        database_url=f"sqlite:///{folder / 'sessions.db'}",
    )


def saved(settings: Settings, path: Path) -> Path:
    store = SessionStore(settings.database_url)
    save_backup(settings, store, path)
    store.close()
    return path


def restored(settings: Settings, path: Path) -> list[tuple[str, str]]:
    """The name and the outcome of each part."""
    store = SessionStore(settings.database_url)
    try:
        return [(one.name, one.outcome) for one in restore_backup(settings, store, path)]
    finally:
        store.close()


def sessions(settings: Settings) -> list[tuple[str, int, str]]:
    store = SessionStore(settings.database_url)
    found = [(info.name, info.samples, info.note) for info in store.list_sessions()]
    store.close()
    return found


def test_all_comes_back_on_another_computer_and_a_second_time_changes_nothing(
    home: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    path = saved(home, tmp_path / "all.zip")
    data = str(elsewhere.data_dir)
    parts = [("two", "added"), ("one", "added"), ("tiny", "added"), (data, "added")]
    assert restored(elsewhere, path) == parts
    assert sorted(sessions(elsewhere)) == sorted(sessions(home))
    assert find_model(elsewhere.models_dir, "tiny").card == find_model(home.models_dir, "tiny").card
    check_files(find_model(elsewhere.models_dir, "tiny"))
    assert corrections.read(elsewhere.data_dir) == corrections.read(home.data_dir)
    assert restored(elsewhere, path) == [(name, "there") for name, _outcome in parts]
    known = {"one": "there", "two": "there", "tiny": "there", str(home.data_dir): "there"}
    assert dict(restored(home, path)) == known
    assert len(sessions(home)) == 2


def test_what_is_there_is_not_lost(home: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    path = saved(home, tmp_path / "all.zip")
    shutil.copytree(home.models_dir / "tiny", elsewhere.models_dir / "tiny")
    card = elsewhere.models_dir / "tiny" / "card.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"description": "another"}))
    newer = corrections.relabel(PICTURES[0], "sad")
    corrections.add(elsewhere.data_dir, [newer])
    outcomes = dict(restored(elsewhere, path))
    assert outcomes["tiny-2"] == "added"
    assert find_model(elsewhere.models_dir, "tiny").card.description == "another"
    assert find_model(elsewhere.models_dir, "tiny-2").card.name == "tiny-2"
    decided = corrections.current(corrections.read(elsewhere.data_dir))
    assert decided[PICTURES[0]] == newer
    assert decided[PICTURES[1]].action == "set_aside"


def test_corrections_are_written_to_no_folder_that_the_app_does_not_read(
    home: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    path = saved(home, tmp_path / "all.zip")
    shutil.move(elsewhere.data_dir, elsewhere.data_dir.with_name("FACES"))
    outcomes = restored(elsewhere, path)
    assert outcomes[-1] == (str(home.data_dir), "left out")
    assert not list(tmp_path.glob("elsewhere/**/corrections.csv"))


def test_a_session_that_is_being_recorded_is_left_out(home: Settings, tmp_path: Path) -> None:
    store = SessionStore(home.database_url)
    writer = SessionWriter(store)
    writer.start("going on", "m")
    path = tmp_path / "all.zip"
    manifest = save_backup(home, store, path)
    writer.close()
    store.close()
    assert manifest.names("session") == ["two", "one"]
    assert read_manifest(path) == manifest


def with_changed(path: Path, file: str, content: bytes | None) -> Path:
    """A copy of the zip with other bytes in one of its files, or without it."""
    copy = path.with_name(f"changed {len(list(path.parent.iterdir()))}.zip")
    with ZipFile(path) as source, ZipFile(copy, "w") as target:
        for name in source.namelist():
            if name != file:
                target.writestr(name, source.read(name))
            elif content is not None:
                target.writestr(name, content)
    return copy


def test_a_broken_backup_is_refused_and_changes_nothing(
    home: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    path = saved(home, tmp_path / "all.zip")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(path.read_bytes()[:-1000])
    text = tmp_path / "text.zip"
    text.write_text("no zip")
    flipped = tmp_path / "flipped.zip"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    flipped.write_bytes(content)
    for broken, words in (
        (cut, "cut.zip cannot be read as a zip"),
        (text, "text.zip cannot be read as a zip"),
        (flipped, "in it is missing or not as it was saved"),
        (with_changed(path, "sessions/1.parquet", b"other"), "damaged: sessions/1.parquet"),
        (with_changed(path, "models/tiny.zip", None), "damaged: models/tiny.zip"),
        (with_changed(path, "backup.json", None), "holds no backup.json"),
        (with_changed(path, "backup.json", b'{"format": 2}'), "another version"),
    ):
        with pytest.raises(SessionError, match=words) as caught:
            restored(elsewhere, broken)
        assert "Nothing was restored" in str(caught.value)
    with pytest.raises(SessionError, match="does not exist"):
        restored(elsewhere, tmp_path / "none.zip")
    assert sessions(elsewhere) == []
    assert list_models(elsewhere.models_dir) == []
    assert corrections.read(elsewhere.data_dir) == ()


def test_a_backup_that_cannot_be_made_leaves_the_older_one(home: Settings, tmp_path: Path) -> None:
    path = saved(home, tmp_path / "all.zip")
    before = path.read_bytes()
    weights = home.models_dir / "tiny" / find_model(home.models_dir, "tiny").card.weights.file
    weights.write_bytes(b"broken")
    with pytest.raises(EmotionError, match="tiny"):
        saved(home, path)
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["all.zip", "home"]
