from pathlib import Path

import pytest

from emotion.errors import TrainingError
from emotion.training.config import Preset, Stage, TrainConfig
from emotion.training.presets import (
    PRESETS,
    RefusedSettingsError,
    make_config,
    parse_stages,
    with_epochs,
)

DATA = Path("/data/faces")
GROWING = ({"epochs": 10, "size": 64}, {"epochs": 7, "size": 96}, {"epochs": 4, "size": 112})


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_valid_and_survives_json(preset: Preset) -> None:
    config = make_config(preset, data=DATA, name="new")
    assert TrainConfig.model_validate_json(config.model_dump_json()) == config
    assert config.preset == preset


def test_the_seed_preset_is_the_original_system() -> None:
    config = make_config("seed", data=DATA, name="new")
    assert (config.network, config.start, config.frozen) == ("resnet18", "imagenet", True)
    assert (config.epochs, config.batch_size, config.optimizer) == (15, 16, "adam")
    assert (config.learning_rate, config.resize, config.input_size) == (0.001, 256, 224)
    assert (config.augmentation, config.choose_by) == ("original", "accuracy")


def test_changes_replace_the_presets_values_and_none_leaves_them() -> None:
    config = make_config("seed", data=DATA, name="new", batch_size=8, network=None)
    assert (config.batch_size, config.network) == (8, "resnet18")


def test_a_relative_data_folder_is_kept_as_the_whole_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert make_config("seed", data=Path("faces"), name="new").data == tmp_path / "faces"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "My Model"}, "name cannot be 'My Model'"),
        ({"batch_size": 1}, "batch_size cannot be 1: it must be at least 2"),
        ({"learning_rate": 0}, "learning_rate cannot be 0: it must be more than 0"),
        ({"network": "vgg16"}, "network cannot be 'vgg16'"),
        ({"stages": ()}, "stages cannot be"),
        ({"stages": ({"epochs": 1, "size": 8},)}, "size cannot be 8: .* least 32"),
        ({"size": 1000}, "size cannot be 1000: it must be at most 512"),
        ({"epochs": 0}, "epochs cannot be 0: it must be at least 1"),
        ({"colour": "red"}, "colour cannot be 'red'"),
        ({"seed": -1}, "seed cannot be -1"),
        ({"validation_share": 0.6}, "validation_share cannot be 0.6"),
        ({"label_smoothing": 1}, "label_smoothing cannot be 1: it must be less than 1"),
        ({"start": "scratch"}, "A frozen backbone from scratch"),
        ({"test_resize": 200}, "scaled to 200 pixels have no middle of 224"),
        ({"views": 2}, "2 views are made with the mild augmentation alone"),
        ({"views": 2, "frozen": False}, "2 views can be kept only of a backbone that stays"),
        ({"views": 2, "augmentation": "mild", "ema_decay": 0.9}, "decay is 0.9"),
    ],
)
def test_a_bad_value_is_a_sentence_with_the_field_and_the_value(
    changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(TrainingError, match=sentence):
        make_config("seed", **({"data": DATA, "name": "new"} | changes))  # type: ignore[arg-type]


def test_every_field_that_is_wrong_has_its_sentence() -> None:
    with pytest.raises(RefusedSettingsError) as caught:
        make_config("quick", data=DATA, name="new", batch_size=1, epochs=0, start="scratch")
    assert set(caught.value.by_field) == {"batch_size", "epochs", "start"}
    assert str(caught.value) == str(next(iter(caught.value.by_field.values())))


def test_another_input_size_keeps_the_frame_and_the_proportion_of_the_stages() -> None:
    seed = make_config("seed", data=DATA, name="new", size=112)
    assert (seed.input_size, seed.resize) == (112, 128)
    assert make_config("seed", data=DATA, name="new", size=112, test_resize=120).resize == 120
    growing = make_config("shipped", data=DATA, name="new", size=56, stages=GROWING)
    assert [stage.size for stage in growing.stages] == [32, 48, 56]


def test_an_unknown_preset_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        TrainingError, match=r"no preset 'best'.* one of quick, fine-tune, seed, sh"
    ):
        make_config("best", data=DATA, name="new")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("epochs", "expected"),
    [
        (21, [(10, 64), (7, 96), (4, 112)]),
        (42, [(20, 64), (14, 96), (8, 112)]),
        (3, [(1, 64), (1, 96), (1, 112)]),
        (2, [(1, 64), (1, 112)]),
        (1, [(1, 112)]),
    ],
)
def test_epochs_are_shared_out_as_the_stages_have_them(
    epochs: int, expected: list[tuple[int, int]]
) -> None:
    config = make_config("shipped", data=DATA, name="new", epochs=epochs, stages=GROWING)
    assert [(stage.epochs, stage.size) for stage in config.stages] == expected


@pytest.mark.parametrize("epochs", range(1, 60))
def test_the_last_stage_is_always_there_and_the_sum_is_right(epochs: int) -> None:
    config = make_config("shipped", data=DATA, name="new", stages=GROWING)
    stages = with_epochs(config.stages, epochs)
    assert sum(stage.epochs for stage in stages) == epochs
    assert stages[-1].size == 112


def test_the_size_of_an_epoch_is_that_of_its_stage() -> None:
    config = make_config("shipped", data=DATA, name="new", epochs=3, stages=GROWING)
    assert [config.size_at(epoch) for epoch in range(4)] == [64, 96, 112, 112]


def test_a_preset_that_learns_votes_does_so_where_the_data_has_them(tmp_path: Path) -> None:
    assert not make_config("shipped", data=tmp_path, name="a").soft_labels
    (tmp_path / "votes.csv").write_text("path\n")
    assert make_config("shipped", data=tmp_path, name="a").soft_labels
    assert not make_config("seed", data=tmp_path, name="a").soft_labels
    assert not make_config("shipped", data=tmp_path, name="a", soft_labels=False).soft_labels


def test_stages_are_written_as_epochs_by_size() -> None:
    stages = parse_stages("14x96,4x112")
    assert stages == (Stage(epochs=14, size=96), Stage(epochs=4, size=112))
    config = make_config("shipped", data=Path("d"), name="n", stages=stages)
    assert config.stages == stages


@pytest.mark.parametrize("text", ["14", "x", "14x96,", "0x96", "14x8", "14x96x2", "a few"])
def test_stages_that_cannot_be_read_are_a_sentence(text: str) -> None:
    with pytest.raises(TrainingError, match="as 14x96,4x112"):
        parse_stages(text)
