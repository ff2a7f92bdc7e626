import json
import shutil
from pathlib import Path

import pytest

from emotion.errors import ModelError
from emotion.labels import KEYS
from emotion.models.card import CARD_FILE, InputSpec
from emotion.models.store import SHIPPED
from emotion.training.starts import find_start, starts


def test_built_in_weights_bring_no_file(models_dir: Path) -> None:
    for start in ("imagenet", "scratch"):
        assert find_start(start, models_dir).file is None
        assert find_start(start, models_dir).settings() == {"network": None}


def test_a_model_is_found_by_name_by_folder_and_by_its_file_with_what_it_sees(
    models_dir: Path,
) -> None:
    weights = models_dir / "tiny" / "weights.safetensors"
    for start in ("tiny", str(models_dir / "tiny"), str(weights)):
        found = find_start(start, models_dir)
        assert (found.file, found.input) == (weights, InputSpec(resize=32, crop=32))
        assert found.settings() == {"network": "resnet18", "size": 32, "test_resize": 0}


def test_a_file_without_a_card_says_nothing_of_itself(models_dir: Path, tmp_path: Path) -> None:
    copy = shutil.copy(models_dir / "tiny" / "weights.safetensors", tmp_path / "w.safetensors")
    assert find_start(str(copy), models_dir).settings() == {"network": None}


def test_what_is_not_there_is_a_sentence(models_dir: Path) -> None:
    with pytest.raises(ModelError, match=f"no model {SHIPPED}; the folder .* holds: tiny"):
        find_start("shipped", models_dir)
    with pytest.raises(ModelError, match=r"weights file nowhere\.pth does not exist"):
        find_start("nowhere.pth", models_dir)


def test_a_model_with_the_seven_in_another_order_is_refused_also_by_its_file(
    models_dir: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(models_dir / "tiny", tmp_path / "other"))
    card = json.loads((other / CARD_FILE).read_text())
    (other / CARD_FILE).write_text(json.dumps(card | {"classes": [*KEYS[1:], KEYS[0]]}))
    for start in (other, other / "weights.safetensors"):
        with pytest.raises(ModelError, match=r"in th.* order"):
            find_start(str(start), models_dir)


def test_the_users_own_models_stand_after_what_is_built_in(models_dir: Path) -> None:
    assert starts(models_dir) == ["shipped", "imagenet", "scratch", "tiny"]
