"""The data report as a user finds it: what is wrong, set aside, undone, divided, uploaded."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from emotion.data import corrections, split_file
from emotion.data.layout import scan
from emotion.settings import Settings, load_settings
from tests.drawn_faces import write_faces
from tests.pages.test_train import choose_folder, open_page, start_button, texts

pytestmark = pytest.mark.usefixtures("settings")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_faces(tmp_path / "mine", train=11, test=1)


@pytest.fixture
def page() -> Iterator[AppTest]:
    return open_page()


def titles(page: AppTest) -> list[str]:
    """What the parts of the report that can be opened are called."""
    others = ("Upload a zip", "All settings")
    return [expander.label for expander in page.expander if expander.label not in others]


def test_a_clean_folder_is_said_to_be_clean(page: AppTest) -> None:
    assert "All 126 pictures can be read" in texts(page.success)
    assert "All pictures are 48 × 48 pixels." in texts(page.caption)


def test_every_trouble_has_its_files_and_its_way_out(page: AppTest, root: Path) -> None:
    (root / "train" / "1" / "text.png").write_text("no picture")
    shutil.copy(root / "train" / "2" / "000.png", root / "train" / "3" / "two.png")
    shutil.copy(root / "test" / "4" / "011.png", root / "train" / "4" / "leak.png")
    shutil.copy(root / "train" / "5" / "000.png", root / "train" / "5" / "again.png")
    with Image.open(root / "train" / "6" / "000.png") as picture:
        picture.resize((70, 70)).save(root / "train" / "6" / "near.png")
    choose_folder(page, root)
    assert titles(page) == [
        "Cannot be read: 1",
        "The same picture in two classes: 2",
        "The same picture in train and test: 2",
        "The same file several times in a class: 2",
        "Nearly the same picture several times in a class: 2",
    ]
    unreadable = page.dataframe[1].value
    assert unreadable["File"].tolist() == ["train/1/text.png"]
    assert "is not a picture" in unreadable["Reason"][0]
    assert page.dataframe[3].value["File"].tolist() == ["train/4/leak.png", "test/4/011.png"]
    assert page.dataframe[3].value["Picture"].str.startswith("data:image/png;base64,").all()

    for kind in ("unreadable", "contradiction", "leak", "exact", "near"):
        page.button(key=f"train-aside-{kind}-spare").click().run()
        assert not page.exception
    assert titles(page) == ["Corrections: 6 set aside, 0 in another class"]
    assert "can be read" in texts(page.success)
    assert {decision.why for decision in corrections.read(root)} == {
        "unreadable",
        "contradiction",
        "leak",
        "exact",
        "near",
    }
    assert (root / "train" / "1" / "text.png").exists()


def test_setting_aside_is_undone_at_once_or_after_a_restart(page: AppTest, root: Path) -> None:
    for folder in "123":
        shutil.copy(root / "train" / folder / "000.png", root / "train" / folder / "again.png")
    choose_folder(page, root)
    page.button(key="train-aside-exact-spare").click().run()
    assert "3 pictures are set aside." in texts(page.markdown)
    page.button(key="undo last decision").click().run()
    assert "The same file several times in a class: 6" in titles(page)
    assert corrections.read(root) == ()

    page.button(key="train-aside-exact-spare").click().run()
    other = choose_folder(open_page(), root)  # another tab, later
    assert "Corrections: 3 set aside, 0 in another class" in titles(other)
    other.button(key="train-undo-all").click().run()
    assert corrections.read(root) == ()
    assert "The same file several times in a class: 6" in titles(other)


def test_of_a_leak_the_pictures_of_test_can_go_instead(page: AppTest, root: Path) -> None:
    shutil.copy(root / "test" / "4" / "011.png", root / "train" / "4" / "leak.png")
    choose_folder(page, root)
    page.button(key="train-aside-leak-test").click().run()
    assert [decision.path for decision in corrections.read(root)] == ["test/4/011.png"]


def test_a_relabelled_picture_counts_in_its_new_class(page: AppTest, root: Path) -> None:
    corrections.add(root, [corrections.relabel("train/1/000.png", "happy")])
    choose_folder(page, root)
    assert page.dataframe[0].value["Training"].tolist() == [10, 11, 11, 12, 11, 11, 11, 77]
    assert "Corrections: 0 set aside, 1 in another class" in titles(page)
    assert page.dataframe[1].value["Decision"].tolist() == ["shows happy"]


def test_corrections_that_cannot_be_read_keep_a_run_from_starting(
    page: AppTest, root: Path
) -> None:
    (root / corrections.FILE).write_text("spoiled")
    choose_folder(page, root)
    assert "corrections.csv cannot be read" in texts(page.error)
    assert start_button(page).disabled
    assert (root / corrections.FILE).read_text() == "spoiled"


def test_a_folder_outside_of_the_roots_is_refused(page: AppTest) -> None:
    choose_folder(page, Path("/etc"))
    assert "The folder /etc may not be read" in texts(page.error)
    assert start_button(page).disabled


def test_data_sets_in_the_roots_are_offered(settings: Settings, root: Path) -> None:
    page = open_page()
    assert page.selectbox(key="train-data").options == [str(settings.data_dir), str(root)]
    page.selectbox(key="train-data").select(str(root)).run()
    assert page.dataframe[0].value["Test"].tolist() == [1] * 7 + [7]


def test_a_flat_folder_is_divided_and_made_one_again(page: AppTest, tmp_path: Path) -> None:
    flat = write_faces(tmp_path / "wrapped", flat=15) / "flat"
    choose_folder(page, flat)
    assert "has no train and test" in texts(page.info)
    assert start_button(page).disabled
    page.button(key="train-divide").click().run()
    assert page.dataframe[0].value["Training"].tolist() == [12] * 7 + [84]
    assert "84 pictures to learn from and 21 for the test (20%)" in texts(page.info)
    page.button(key="train-undivide").click().run()
    assert not (flat / split_file.FILE).exists()
    assert page.dataframe[0].value["Test"].tolist() == [15] * 7 + [105]


def test_a_flat_folder_that_is_too_small_says_why_it_is_not_divided(
    page: AppTest, tmp_path: Path
) -> None:
    choose_folder(page, write_faces(tmp_path / "wrapped", flat=2) / "flat")
    page.button(key="train-divide").click().run()
    assert "at least 5 are needed" in texts(page.error)


def test_what_was_read_otherwise_or_not_at_all_is_said(page: AppTest, tmp_path: Path) -> None:
    data = write_faces(tmp_path / "zip" / "inner", train=10, val=1)
    (data / "train" / "1").rename(data / "train" / "Sorpresa")
    (data / "train" / "8").mkdir()
    shutil.copy(data / "train" / "2" / "000.png", data / "train" / "8" / "a.png")
    choose_folder(page, tmp_path / "zip")
    said = texts(page.info)
    assert "The data lies deeper, in the folder inner" in said
    assert "under another name: Sorpresa → 1, val → test." in said
    assert "not used: train/8 (1)" in said


def test_val_beside_test_is_said_to_be_unused(page: AppTest, tmp_path: Path) -> None:
    choose_folder(page, write_faces(tmp_path / "three", train=10, test=1, val=2))
    assert "There is val beside test, with 14 pictures that are not used" in texts(page.info)
    assert page.dataframe[0].value["Test"].tolist() == [1] * 7 + [7]


def test_samples_of_each_class_are_shown_on_request(page: AppTest, root: Path) -> None:
    for path in (root / "train" / "3").iterdir():
        path.write_text("no picture")
    choose_folder(page, root)
    page.toggle(key="train-samples").set_value(True).run()
    assert not page.exception
    shown = page.get("image")
    assert [len(images.proto.imgs) for images in shown] == [8] * 6
    assert "8 of 8 show no face, or cannot be read." in texts(page.caption)
    first = [image.url for image in shown[0].proto.imgs]
    page.button(key="train-samples-next").click().run()
    assert [image.url for image in page.get("image")[0].proto.imgs] != first


def test_large_pictures_that_are_taken_as_faces_are_pointed_out(
    page: AppTest, tmp_path: Path
) -> None:
    data = write_faces(tmp_path / "large", train=1)
    for path in data.rglob("*.png"):
        with Image.open(path) as picture:
            picture.resize((800, 600)).save(path)
    choose_folder(page, data)
    assert "larger than 500 pixels" in texts(page.info)
    page.radio(key=f"train-faces-{data}").set_value("found").run()
    assert "larger than 500 pixels" not in texts(page.info)


def zipped(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for path in folder.rglob("*.png"):
            made.write(path, path.relative_to(folder.parent))
    return buffer.getvalue()


def test_an_uploaded_zip_becomes_the_chosen_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMBLANTE_DATA_DIR", str(tmp_path / "DATASET"))
    load_settings.cache_clear()
    page = open_page()
    content = zipped(write_faces(tmp_path / "my faces", train=10, test=1))
    page.get("file_uploader")[0].set_value(("my faces.zip", content, "application/zip")).run()
    page.button(key="train-unpack-start").click().run()
    assert not page.exception
    made = tmp_path / "DATASET" / "my faces"
    assert page.selectbox(key="train-data").value == str(made)
    assert page.get("file_uploader")[0].value is None  # the server keeps no copy
    assert len(scan(made).samples("train")) == 70
    assert page.dataframe[0].value["Training"].tolist() == [10] * 7 + [70]


def test_a_file_that_is_no_zip_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMBLANTE_DATA_DIR", str(tmp_path / "DATASET"))
    load_settings.cache_clear()
    page = open_page()
    page.get("file_uploader")[0].set_value(("a.zip", b"no zip", "application/zip")).run()
    page.button(key="train-unpack-start").click().run()
    assert "no zip archive that can be read" in texts(page.error)
    assert list((tmp_path / "DATASET").iterdir()) == []
