"""What all tests share: drawn faces, a model trained on them, settings of their own.

`faces_dir`   a data set of drawn faces, `train/{1..7}` with 14 pictures each and
              `test/{1..7}` with 4, grey PNG of 48 x 48. Read it, do not write to it.
`tiny_run`    the folder of a finished run on `faces_dir`, a real one in its own process.
`models_dir`  the models folder that the run wrote to, with one model, `tiny`: ResNet18 at
              32 pixels, weights, OpenVINO export, test scores. Read it; to change it, copy
              it first (`shutil.copytree`).
`settings`    the settings as the environment gives them for one test: `faces_dir` and
              `models_dir`, and an empty runs folder, cache and database of the test's own.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion.settings import Settings, load_settings
from emotion.training import runs
from emotion.training.config import TrainConfig
from emotion.training.presets import make_config
from tests.drawn_faces import write_faces
from tests.waiting import wait_for


@pytest.fixture(scope="session", autouse=True)
def cache_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the tests cut out and look into is kept outside of the project."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SEMBLANTE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def faces_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_faces(tmp_path_factory.mktemp("data") / "faces", train=14, test=4)


@pytest.fixture(scope="session")
def tiny_run(faces_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tiny")
    run = runs.create(tiny_config(faces_dir), root / "runs")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SEMBLANTE_MODELS_DIR", str(root / "models"))
        environment.setenv("OMP_NUM_THREADS", "1")  # two pools on two cores stand in their way
        runs.start(run)
    wait_for("the end of the run", lambda: runs.read_run(run).state != "running")
    assert runs.read_run(run).state == "finished", runs.log_tail(run)
    return run


@pytest.fixture(scope="session")
def models_dir(tiny_run: Path) -> Path:
    return tiny_run.parents[1] / "models"


@pytest.fixture
def settings(
    faces_dir: Path, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    monkeypatch.setenv("SEMBLANTE_DATA_DIR", str(faces_dir))
    monkeypatch.setenv("SEMBLANTE_DATA_ROOTS", json.dumps([str(tmp_path)]))
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(models_dir))
    monkeypatch.setenv("SEMBLANTE_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("SEMBLANTE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("SEMBLANTE_DATABASE_URL", f"sqlite:///{tmp_path / 'sessions.db'}")
    load_settings.cache_clear()
    yield load_settings()
    load_settings.cache_clear()


def tiny_config(data: Path, name: str = "tiny", **changes: object) -> TrainConfig:
    """A run of seconds: ResNet18 from random weights at 32 pixels, in float32."""
    values: dict[str, object] = {
        "start": "scratch",
        "stages": ({"epochs": 6, "size": 32},),
        "batch_size": 8,
        "learning_rate": 0.001,
        "head_epochs": 0,
        "layer_decay": 1.0,
        "ema_decay": 0.0,
        "patience": 100,
        "validation_share": 0.2,
        "precision": "float32",
        "device": "cpu",
    }
    return make_config("fine-tune", data=data, name=name, **values | changes)
