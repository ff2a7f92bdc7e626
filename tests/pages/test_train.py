"""The train page as a user finds it: the real page and real runs."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from emotion.labels import KEYS, name
from emotion.settings import PROJECT_DIR, Settings, load_settings
from emotion.training import runs
from tests.conftest import tiny_config
from tests.drawn_faces import write_faces
from tests.waiting import wait_for

WAIT_S = 240.0
pytestmark = pytest.mark.usefixtures("settings")


@pytest.fixture
def own(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings whose models may be changed; runs that the page started end with the test."""
    models = tmp_path / "models"
    shutil.copytree(settings.models_dir, models)
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(models))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    load_settings.cache_clear()
    yield load_settings()
    for run in runs.list_runs(settings.runs_dir):
        runs.end_now(run.folder)


def open_page() -> AppTest:
    page = AppTest.from_file(str(PROJECT_DIR / "app.py"), default_timeout=30)
    page.switch_page("pages/train.py")
    return page.run()


def texts(elements: Any) -> str:
    return "\n".join(str(element.value) for element in elements)


def start_button(page: AppTest) -> Any:
    return page.button(key="train-start")


def choose_folder(page: AppTest, folder: Path) -> AppTest:
    """As if its path were typed: AppTest cannot type into a choice."""
    page.session_state["train-data-next"] = str(folder)
    return page.run()


def choose_tiny_run(page: AppTest, epochs: int) -> AppTest:
    """A run that goes on from the model `tiny`."""
    page.selectbox(key="train-start-fine-tune").select("tiny").run()
    return page.number_input(key="train-epochs-fine-tune").set_value(epochs).run()


def only_run(settings: Settings) -> runs.RunInfo:
    (run,) = runs.list_runs(settings.runs_dir)
    return run


def test_the_pictures_of_each_class_are_seen_before_the_start(settings: Settings) -> None:
    page = open_page()
    assert not page.exception
    table = page.dataframe[0].value
    assert table["Expression"].tolist() == [*(name(key, "en") for key in KEYS), "all"]
    assert table["Training"].tolist() == [14] * 7 + [98]
    assert table["Test"].tolist() == [4] * 7 + [28]
    assert runs.list_runs(settings.runs_dir) == []


def test_an_empty_default_folder_is_answered_with_the_layout_and_not_with_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "DATASET").mkdir()
    monkeypatch.setenv("SEMBLANTE_DATA_DIR", str(tmp_path / "DATASET"))
    load_settings.cache_clear()
    page = open_page()
    assert "no pictures in DATASET yet" in texts(page.info)
    assert page.code[0].value.splitlines()[:3] == [
        "DATASET",
        "├── train",
        "│   ├── 1   surprised",
    ]
    assert start_button(page).disabled
    assert start_button(page).help == "Choose a folder with pictures first."


def test_a_wrong_folder_is_said_at_its_field(tmp_path: Path) -> None:
    page = open_page()
    choose_folder(page, tmp_path / "nowhere")
    assert f"{tmp_path / 'nowhere'} does not exist" in texts(page.error)
    assert start_button(page).disabled


def test_val_and_empty_classes_are_said(tmp_path: Path) -> None:
    data = write_faces(tmp_path / "data", train=10, val=1)
    shutil.rmtree(data / "val" / "2")
    shutil.rmtree(data / "train" / "2")
    page = open_page()
    choose_folder(page, data)
    assert "val → test" in texts(page.info)
    assert "No pictures to learn from for: afraid." in texts(page.warning)
    assert "No test pictures for: afraid." in texts(page.warning)


def test_a_class_that_is_too_small_keeps_the_run_from_starting(tmp_path: Path) -> None:
    page = choose_tiny_run(open_page(), 1)
    assert not start_button(page).disabled
    data = write_faces(tmp_path / "data", train=10)
    (data / "train" / "3" / "000.png").unlink()
    choose_folder(page, data)
    assert "Class 3 has 9 pictures in train" in texts(page.warning)
    assert start_button(page).disabled
    assert "Class 3 has 9 pictures" in start_button(page).help


def test_settings_that_do_not_go_together_are_refused_in_words() -> None:
    page = open_page()
    page.radio(key="train-preset").set_value("seed").run()
    page.selectbox(key="train-start-seed").select("scratch").run()
    assert "A frozen backbone from scratch" in texts(page.error)
    assert "Correct this first: Start from." in texts(page.warning)
    assert start_button(page).disabled


def test_a_wrong_value_is_said_at_its_field_and_no_run_starts() -> None:
    page = choose_tiny_run(open_page(), 1)
    page.number_input(key="train-batch_size-fine-tune").set_value(1)
    page.number_input(key="train-weight_decay-fine-tune").set_value(2.0).run()
    assert "Batch size cannot be 1: it must be at least 2." in texts(page.error)
    assert "Weight decay cannot be 2.0: it must be at most 1." in texts(page.error)
    assert "Correct this first: Batch size, Weight decay." in texts(page.warning)
    assert start_button(page).disabled
    page.number_input(key="train-batch_size-fine-tune").set_value(4)
    page.number_input(key="train-weight_decay-fine-tune").set_value(0.5).run()
    assert not page.error
    assert not start_button(page).disabled


def test_the_settings_of_the_form_are_those_of_the_run(own: Settings) -> None:
    page = choose_tiny_run(open_page(), 1)
    page.number_input(key="train-learning_rate-fine-tune").set_value(0.002)
    page.selectbox(key="train-optimizer-fine-tune").select("sgd")
    page.number_input(key="train-patience-fine-tune").set_value(0)
    page.number_input(key="train-threads-fine-tune").set_value(1).run()
    start_button(page).click().run()
    assert not page.exception
    config = only_run(own).config
    assert (config.learning_rate, config.optimizer, config.threads) == (0.002, "sgd", 1)
    assert (config.input_size, config.patience, config.epochs) == (32, 0, 1)
    assert (config.layer_decay, config.ema_decay) == (0.7, 0.99)  # the preset's


def test_the_preset_quick_is_offered_with_its_own_settings(own: Settings) -> None:
    page = open_page()
    page.radio(key="train-preset").set_value("quick").run()
    page.selectbox(key="train-start-quick").select("tiny").run()
    assert page.checkbox(key="train-frozen-quick").value
    assert page.number_input(key="train-size-quick-32").value == 32
    page.number_input(key="train-views-quick").set_value(2).run()
    start_button(page).click().run()
    config = only_run(own).config
    assert (config.preset, config.start, config.frozen) == ("quick", "tiny", True)
    assert (config.views, config.input_size, config.epochs) == (2, 32, 30)


def test_a_weights_file_elsewhere_may_not_be_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    page = open_page()
    page.selectbox(key="train-start-fine-tune").select("file").run()
    page.text_input(key="train-start-file").set_value(
        str(tmp_path_factory.mktemp("elsewhere") / "w.pth")
    ).run()
    assert "may not be read" in texts(page.error)
    assert start_button(page).disabled


def test_a_name_that_is_taken_is_refused_at_its_field() -> None:
    page = choose_tiny_run(open_page(), 1)
    page.text_input(key="train-name-fine-tune-resnet18").set_value("tiny").run()
    assert "A model called tiny exists already" in texts(page.error)
    assert start_button(page).disabled


def test_a_model_that_is_trained_further_keeps_its_network() -> None:
    page = choose_tiny_run(open_page(), 1)
    network = page.selectbox(key="train-network-resnet18")
    assert network.disabled
    assert network.options == ["ResNet18"]


def test_expressions_have_their_names_in_the_language_of_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SEMBLANTE_LANGUAGE", "es")
    load_settings.cache_clear()
    table = open_page().dataframe[0].value
    assert table.iloc[:7, 1].tolist() == [name(key, "es") for key in KEYS]


def test_without_runs_the_page_says_where_to_start_one() -> None:
    page = open_page()
    page.button_group(key="train-view").set_value("runs").run()
    assert "no runs yet" in texts(page.info)


def test_a_run_goes_from_the_form_to_its_curves_and_its_model(own: Settings) -> None:
    page = choose_tiny_run(open_page(), 1)
    start_button(page).click().run()
    assert not page.exception
    run = only_run(own)
    assert run.state == "running"
    assert run.config.start == "tiny"
    assert page.selectbox[0].value == run.folder.name

    # The page is closed; another tab finds the run without being told.
    wait_for("an epoch", lambda: only_run(own).of_kind("epoch"), WAIT_S)
    other = open_page()
    assert "fine-tune-resnet18" in texts(other.subheader)
    assert len(other.get("vega_lite_chart")) == 7  # five curves, recall, matrix

    wait_for("the end", lambda: only_run(own).state != "running", WAIT_S)
    assert only_run(own).state == "finished", runs.log_tail(run.folder)
    other.run()
    assert "The model fine-tune-resnet18 is ready." in texts(other.success)
    assert [metric.label for metric in other.metric] == [
        "Test accuracy",
        "Test macro-F1",
        "Test pictures",
    ]
    assert other.metric[2].value == "28"

    other.button(key="use-fine-tune-resnet18").click().run()
    assert '"fine-tune-resnet18"' in (own.models_dir / "active.json").read_text()


def test_a_run_is_stopped_continued_ended_and_deleted(own: Settings) -> None:
    page = choose_tiny_run(open_page(), 500)
    start_button(page).click().run()
    folder = only_run(own).folder
    wait_for("a step", lambda: runs.read_run(folder).of_kind("step"), WAIT_S)
    page.run()
    assert [metric.label for metric in page.metric] == [
        "Time left",
        "Worked for",
        "Left in this epoch",
        "This epoch so far",
        "Pictures a second",
        "Learning rate",
        "Processor cores",
        "Memory",
        "Preparing pictures",
    ]
    page.button(key=f"train-stop-{folder.name}").click().run()
    wait_for("the stop", lambda: runs.read_run(folder).state == "stopped", WAIT_S)
    page.run()
    assert "stopped and saved" in texts(page.info)

    page.button(key=f"train-continue-{folder.name}").click().run()
    assert runs.read_run(folder).state == "running"
    assert not page.error
    page.button(key=f"train-end-{folder.name}").click().run()
    wait_for("the end", lambda: runs.read_run(folder).state != "running")
    page.run()
    page.button(key=f"train-delete-{folder.name}").click().run()
    assert not folder.exists()
    assert "no runs yet" in texts(page.info)


def test_a_second_run_waits_its_turn_and_can_be_taken_out_of_the_queue(own: Settings) -> None:
    page = choose_tiny_run(open_page(), 500)
    start_button(page).click().run()
    first = only_run(own).folder
    page.button_group(key="train-view").set_value("new").run()
    choose_tiny_run(page, 1)
    start_button(page).click().run()
    second = runs.list_runs(own.runs_dir)[0].folder
    assert second != first
    wait_for("the queue", lambda: runs.read_run(second).state == "queued")
    page.run()
    assert "begins by itself after: fine-tune-resnet18." in texts(page.info)
    page.button(key=f"train-stop-{second.name}").click().run()
    wait_for("the end of waiting", lambda: runs.read_run(second).state == "stopped")
    page.run()
    assert "stopped before it had begun" in texts(page.info)
    assert runs.read_run(first).state == "running"


def test_a_run_that_was_interrupted_shows_its_log_and_can_go_on(settings: Settings) -> None:
    folder = runs.create(tiny_config(settings.data_dir, "gone"), settings.runs_dir)
    runs.process.record(folder, 2**22 + 1)  # no process has such a number
    (folder / "log.txt").write_text("out of memory\n")
    page = open_page()
    assert "ended without a word" in texts(page.error)
    assert page.code[0].value == "out of memory"
    assert page.button(key=f"train-continue-{folder.name}")


def test_a_run_that_failed_says_why(settings: Settings) -> None:
    folder = runs.create(tiny_config(settings.data_dir, "sad"), settings.runs_dir)
    line = '{"kind": "ended", "time": 1.0, "state": "failed", "reason": "MemoryError: too large"}'
    (folder / "events.jsonl").write_text(line + "\n")
    page = open_page()
    assert texts(page.error) == "MemoryError: too large"


def test_curves_are_drawn_over_the_axis_and_the_matrix_of_the_epoch_that_is_chosen(
    settings: Settings, tiny_run: Path
) -> None:
    shutil.copytree(tiny_run, settings.runs_dir / tiny_run.name)
    page = open_page()
    assert not page.exception
    page.button_group(key="train-axis-run").set_value("minutes").run()
    page.slider(key="train-smoothing-run").set_value(0.5).run()
    slider = page.select_slider[0]
    assert (slider.options, slider.value) == ([str(n) for n in range(1, 7)], 6)
    slider.set_value(2).run()
    assert page.select_slider[0].value == 2
    assert not page.exception
    charts = [chart.proto.spec for chart in page.get("vega_lite_chart")]
    assert "Minutes of work" in charts[0]
    assert "kept" not in texts(page.caption)
    assert "The model is that of epoch" in texts(page.caption)


def test_a_run_gets_a_name_and_a_note(settings: Settings) -> None:
    folder = runs.create(tiny_config(settings.data_dir, "plain"), settings.runs_dir)
    page = open_page()
    page.text_input[0].set_value("Second try")
    page.text_area[0].set_value("with the new lamp")
    next(b for b in page.button if b.label == "Save").click().run()
    assert texts(page.subheader) == "Second try"
    assert "with the new lamp" in texts(page.text)
    assert runs.read_run(folder).config.name == "plain"
    assert page.selectbox[0].options[0].startswith("Second try · not started")


def test_a_zone_that_this_machine_does_not_know_leaves_times_in_utc(settings: Settings) -> None:
    runs.create(tiny_config(settings.data_dir, "one"), settings.runs_dir)
    page = AppTest.from_file(str(PROJECT_DIR / "app.py"), default_timeout=30)
    page.context = {"timezone": "Nowhere/Land"}
    page.switch_page("pages/train.py").run()
    assert not page.exception
    (run,) = runs.list_runs(settings.runs_dir)
    assert f"{datetime.fromtimestamp(run.made_s, UTC):%Y-%m-%d %H:%M}" in texts(page.caption)


def test_an_older_run_can_be_chosen(settings: Settings) -> None:
    for number in ("one", "two"):
        runs.create(tiny_config(settings.data_dir, number), settings.runs_dir)
    page = open_page()
    assert texts(page.subheader) == "two"
    older = page.selectbox[0].options[1]
    assert older.startswith("one · not started · Fine-tune")
    page.selectbox[0].select_index(1).run()
    assert texts(page.subheader) == "one"
