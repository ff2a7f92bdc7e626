"""The list of runs on the train page: all of them, some beside each other, broken ones."""

import shutil
from pathlib import Path

import pytest

from emotion.settings import Settings
from emotion.training import runs
from tests.conftest import tiny_config
from tests.pages.test_train import open_page, texts

pytestmark = pytest.mark.usefixtures("settings")


def test_all_runs_are_listed_and_two_are_compared(settings: Settings, tiny_run: Path) -> None:
    second = settings.runs_dir / (tiny_run.name + "-2")
    for folder in (settings.runs_dir / tiny_run.name, second):
        shutil.copytree(tiny_run, folder)
    config = tiny_config(settings.data_dir, "unborn", batch_size=16)
    unborn = runs.create(config, settings.runs_dir)
    page = open_page()
    page.button_group(key="train-view").set_value("compare").run()
    assert not page.exception
    table = page.dataframe[0].value
    assert table["title"].tolist() == ["unborn", "tiny", "tiny"]
    assert table["state"].tolist() == ["not started", "finished", "finished"]
    assert table["epochs"].tolist() == ["0 / 6", "6 / 6", "6 / 6"]
    assert "3 runs take" in texts(page.caption)

    page.multiselect[0].select(tiny_run.name).select(second.name).run()
    assert not page.exception
    assert len(page.get("vega_lite_chart")) == 4
    assert "all settings are the same" in texts(page.caption)
    scores = page.table[0].value
    assert scores["Pictures"].tolist() == ["28", "28"]
    assert scores["Accuracy"].iloc[1].endswith("(+0.000, +0.000 … +0.000)")  # one and the same
    drawn = [chart.proto for chart in page.get("vega_lite_chart")]
    page.run()
    assert [chart.proto for chart in page.get("vega_lite_chart")] == drawn  # nothing new to draw

    page.multiselect[0].select(unborn.name).run()
    assert page.table[0].value.loc["Batch size"].tolist() == ["8", "8", "16"]
    assert "unborn is not finished" in texts(page.caption)


def test_runs_of_an_older_version_are_named_with_the_reason_and_can_be_deleted(
    settings: Settings,
) -> None:
    old = runs.create(tiny_config(settings.data_dir, "old"), settings.runs_dir)
    (old / runs.CONFIG_FILE).write_text('{"name": "old"}')
    page = open_page()
    page.button_group(key="train-view").set_value("runs").run()
    assert "There are no runs yet" in texts(page.info)
    assert f"{old} has no usable config.json" in texts(page.error)
    runs.create(tiny_config(settings.data_dir, "new"), settings.runs_dir)
    page.button_group(key="train-view").set_value("compare").run()
    assert page.dataframe[0].value["title"].tolist() == ["new"]
    assert f"{old} has no usable config.json" in texts(page.error)
    page.button(key=f"train-delete-{old.name}").click().run()
    assert not old.exists()
    assert not page.error
