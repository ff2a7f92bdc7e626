"""What the form of a new run offers and refuses."""

import subprocess
import sys
from pathlib import Path

import pytest

from emotion.data.report import read_report
from emotion.errors import DataError, ModelError, TrainingError
from emotion.settings import PROJECT_DIR, Settings
from emotion.training import runs
from emotion.training.starts import find_start
from emotion.ui import train_start
from emotion.ui.train_start import Choice
from tests.conftest import tiny_config
from tests.drawn_faces import write_faces

NO_MODELS = Path("no-models-here")


def choice_of(data: Path, **changes: object) -> Choice:
    values: dict[str, object] = {
        "preset": "shipped",
        "data": data,
        "name": "mine",
        "settings": {"start": "scratch", "epochs": 2},
    }
    return Choice(**values | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "   "])
def test_no_folder_is_not_the_working_directory(text: str) -> None:
    with pytest.raises(DataError, match="Type the path"):
        train_start.typed_folder(text)


def test_a_typed_folder_may_have_blanks_around_it_and_begin_at_home() -> None:
    assert train_start.typed_folder(" /data/faces ") == Path("/data/faces")
    assert train_start.typed_folder("~/faces") == Path.home() / "faces"


def test_what_can_be_started_from_is_offered_with_own_models_last(models_dir: Path) -> None:
    offered = train_start.offered_starts(models_dir)
    assert offered == ["shipped", "imagenet", "scratch", "file", "tiny"]


def test_a_preset_sees_pictures_as_the_model_does_that_it_starts_from(models_dir: Path) -> None:
    plain = train_start.preset_settings("fine-tune", find_start("imagenet", models_dir))
    assert (plain.input_size, plain.resize) == (112, 112)
    own = train_start.preset_settings("fine-tune", find_start("tiny", models_dir))
    assert (own.input_size, own.resize) == (32, 32)


def test_the_frame_follows_the_input_size_unless_it_was_changed_as_well() -> None:
    seed = train_start.preset_settings("seed", find_start("imagenet", NO_MODELS))
    assert (seed.input_size, seed.test_resize) == (224, 256)
    for size, resize, expected in ((112, 256, 128), (112, 120, 120), (224, 256, 256), (112, 0, 0)):
        values = {"size": size, "test_resize": resize}
        assert train_start.framed(values, seed)["test_resize"] == expected


def test_a_weights_file_is_taken_from_the_folders_that_may_be_read_alone(
    models_dir: Path, tmp_path: Path
) -> None:
    weights = models_dir / "tiny" / "weights.safetensors"
    found = train_start.typed_weights(f" {weights} ", (models_dir,), models_dir)
    assert (found.file, found.network) == (weights, "resnet18")
    with pytest.raises(DataError, match="may not be read"):
        train_start.typed_weights(str(weights), (tmp_path,), models_dir)
    with pytest.raises(ModelError, match="Type the path"):
        train_start.typed_weights("  ", (models_dir,), models_dir)
    with pytest.raises(ModelError, match=r"gone\.pth does not exist"):
        train_start.typed_weights(str(models_dir / "gone.pth"), (models_dir,), models_dir)


def test_a_name_that_a_model_or_a_run_has_gets_a_number(models_dir: Path, tiny_run: Path) -> None:
    known = [runs.read_run(tiny_run)]
    assert train_start.free_name("tiny", models_dir, []) == "tiny-2"
    assert train_start.free_name("tiny", NO_MODELS, known) == "tiny-2"
    assert train_start.free_name("other", models_dir, known) == "other"


def test_a_run_that_can_be_continued_keeps_the_name_of_its_model(settings: Settings) -> None:
    runs.create(tiny_config(settings.data_dir, "mine"), settings.runs_dir)
    known = runs.list_runs(settings.runs_dir)
    with pytest.raises(TrainingError, match="to become the model mine"):
        train_start.check_run_name("mine", settings.models_dir, known)
    train_start.check_run_name("yours", settings.models_dir, known)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "tiny"}, "tiny exists already"),
        ({"name": "Two Words"}, "cannot be called 'Two Words'"),
        ({"name": ""}, "cannot be called ''"),
        ({"preset": "seed"}, "A frozen backbone from scratch"),
        ({"settings": {"start": "scratch", "batch_size": 1}}, "batch_size cannot be 1"),
    ],
)
def test_what_cannot_start_is_refused_with_its_reason(
    settings: Settings, changes: dict[str, object], said: str
) -> None:
    report = read_report(settings.data_dir)
    choice = choice_of(settings.data_dir, **changes)
    with pytest.raises((ModelError, TrainingError), match=said):
        train_start.checked_config(choice, report, settings.models_dir, [])


def test_too_few_pictures_are_refused_before_the_start(tmp_path: Path) -> None:
    data = write_faces(tmp_path / "few", train=9)
    with pytest.raises(DataError, match="at least 10"):
        train_start.checked_config(choice_of(data), read_report(data), NO_MODELS, [])


def test_votes_are_learned_only_where_the_data_has_them(tmp_path: Path) -> None:
    assert not train_start.config_of(choice_of(tmp_path)).soft_labels
    (tmp_path / "votes.csv").touch()
    assert train_start.config_of(choice_of(tmp_path)).soft_labels
    assert not train_start.config_of(choice_of(tmp_path, preset="fine-tune")).soft_labels


def test_a_run_that_does_not_start_leaves_no_folder_behind(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(TrainingError, match=r"could not be started \(No such file"):
        train_start.launch(tiny_config(settings.data_dir, "mine"), settings.runs_dir)
    assert list(settings.runs_dir.iterdir()) == []


def test_nothing_of_the_page_imports_torch() -> None:
    modules = ["emotion.ui.train_form", "emotion.ui.train_run", "emotion.training.runs"]
    code = f"import sys, {', '.join(modules)}; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
