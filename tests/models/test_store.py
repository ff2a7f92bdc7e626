import shutil
from pathlib import Path

import pytest

from emotion.errors import ModelError
from emotion.models import store
from emotion.models.card import CARD_FILE, read_card, write_card


@pytest.fixture
def folder(models_dir: Path, tmp_path: Path) -> Path:
    """A models folder of the test's own with the cards of `tiny`, `other` and the shipped one."""
    card = read_card(models_dir / "tiny")
    for name in ("tiny", "other", store.SHIPPED):
        (tmp_path / name).mkdir()
        write_card(tmp_path / name, card)
    return tmp_path


def test_the_shipped_model_is_listed_first_and_then_by_name(folder: Path) -> None:
    names = [entry.name for entry in store.list_models(folder)]
    assert names == [store.SHIPPED, "other", "tiny"]


def test_a_broken_card_hides_its_model_and_no_other(folder: Path) -> None:
    (folder / "other" / CARD_FILE).write_text("{")
    assert [entry.name for entry in store.list_models(folder)] == [store.SHIPPED, "tiny"]


def test_a_models_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert store.list_models(tmp_path / "none") == []


def test_a_missing_model_is_named_with_those_that_are_there(folder: Path) -> None:
    with pytest.raises(ModelError, match=f"no model tyni.*{store.SHIPPED}, other, tiny"):
        store.find_model(folder, "tyni")


def test_a_model_is_found_by_name_and_by_path(folder: Path, tmp_path: Path) -> None:
    by_name = store.find_model(folder, "tiny")
    assert store.find_model(tmp_path / "none", str(folder / "tiny")) == by_name


def test_the_size_of_a_model_is_that_of_its_files(folder: Path) -> None:
    (folder / "tiny" / "weights").write_bytes(bytes(1000))
    card = (folder / "tiny" / CARD_FILE).stat().st_size
    assert store.find_model(folder, "tiny").size_bytes == card + 1000


def test_the_shipped_model_is_active_until_another_is_made_so(folder: Path) -> None:
    assert store.find_model(folder).name == store.SHIPPED
    store.activate(folder, "tiny")
    assert store.find_model(folder).name == "tiny"


def test_the_shipped_model_takes_over_from_an_active_one_that_was_deleted(folder: Path) -> None:
    store.activate(folder, "tiny")
    shutil.rmtree(folder / "tiny")
    assert store.active_name(folder) == store.SHIPPED


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"name": null}', '{"name": "../other"}x'])
def test_a_broken_choice_of_the_active_model_is_as_none(folder: Path, content: str) -> None:
    (folder / store.ACTIVE_FILE).write_text(content)
    assert store.active_name(folder) == store.SHIPPED


@pytest.mark.parametrize("name", ["tyni", "{elsewhere}/tiny"])
def test_only_a_model_of_the_folder_can_be_made_active(
    folder: Path, models_dir: Path, name: str
) -> None:
    with pytest.raises(ModelError):
        store.activate(folder, name.format(elsewhere=models_dir))
    assert store.active_name(folder) == store.SHIPPED


@pytest.mark.parametrize("name", ["", "Upper", "a b", "../x", "-x", ".x", "ñ", "a" * 65, "a\n"])
def test_a_name_that_is_no_good_for_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="cannot be called"):
        store.new_folder(tmp_path, name)


def test_a_name_that_is_taken_is_refused(folder: Path) -> None:
    with pytest.raises(ModelError, match="called tiny exists already"):
        store.new_folder(folder, "tiny")


def test_a_model_is_listed_only_when_it_is_whole(folder: Path) -> None:
    building = store.new_folder(folder, "new.part")
    write_card(building, read_card(folder / "tiny"))
    assert len(store.list_models(folder)) == 3
    assert store.publish(building).name == "new.part"
    assert len(store.list_models(folder)) == 4


def test_what_a_killed_run_left_of_a_model_is_replaced(folder: Path) -> None:
    (store.new_folder(folder, "new") / "half").touch()
    assert list(store.new_folder(folder, "new").iterdir()) == []


def test_a_name_taken_while_the_model_was_built_is_refused(folder: Path) -> None:
    building = store.new_folder(folder, "new")
    (folder / "new").mkdir()
    with pytest.raises(ModelError, match="called new exists already"):
        store.publish(building)


def test_a_models_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match=r"cannot be written \(Not a directory\)"):
        store.new_folder(tmp_path / "file" / "models", "new")


def test_a_model_is_deleted_and_its_name_is_free_again(folder: Path) -> None:
    store.delete(folder, "other")
    assert not [path for path in folder.iterdir() if "other" in path.name]
    store.check_name(folder, "other")


def test_a_broken_model_is_told_and_can_be_deleted(folder: Path) -> None:
    (folder / "other" / CARD_FILE).write_text("{")
    (name,) = broken = store.broken_models(folder)
    assert name == "other" and "is not valid" in str(broken[name])
    store.delete(folder, "other")
    assert not store.broken_models(folder)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (store.SHIPPED, "comes with Semblante"),
        ("tiny", "is the active one"),
        ("none", "no model none"),
        ("../outside", "no model ../outside"),
    ],
)
def test_the_shipped_the_active_and_no_model_cannot_be_deleted(
    folder: Path, name: str, reason: str
) -> None:
    store.activate(folder, "tiny")
    with pytest.raises(ModelError, match=reason):
        store.delete(folder, name)
    assert [entry.name for entry in store.list_models(folder)] == [store.SHIPPED, "other", "tiny"]


def test_a_model_that_cannot_be_built_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), store.building(tmp_path, "half") as folder:
        (folder / CARD_FILE).write_text("{")
        1 / 0  # noqa: B018
    assert not list(tmp_path.iterdir())
