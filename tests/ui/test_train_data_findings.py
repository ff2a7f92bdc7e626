"""The findings as a table: what each row says, and what can be set aside."""

import base64
import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from emotion.data.findings import Finding, find
from emotion.data.layout import scan
from emotion.data.survey import Survey, look
from emotion.ui.train_data_findings import _ways, findings_table
from tests.drawn_faces import write_faces


@pytest.fixture
def found(tmp_path: Path) -> tuple[dict[str, Finding], Survey]:
    root = write_faces(tmp_path / "faces", train=3, test=1)
    (root / "train" / "1" / "text.png").write_text("no picture")
    shutil.copy(root / "test" / "2" / "003.png", root / "train" / "2" / "leak.png")
    shutil.copy(root / "test" / "3" / "003.png", root / "train" / "3" / "leak.png")
    shutil.copy(root / "train" / "4" / "000.png", root / "train" / "4" / "again.png")
    data = scan(root)
    survey = look(data, tmp_path / "cache")
    return {finding.kind: finding for finding in find(data, survey)}, survey


def test_a_row_shows_the_picture_and_where_it_stands(
    found: tuple[dict[str, Finding], Survey],
) -> None:
    findings, survey = found
    table = findings_table(findings["leak"], survey, 300)
    assert table["Group"].tolist() == [1, 1, 2, 2]
    assert table["Data"].tolist() == ["Training", "Test"] * 2
    assert table["Expression"].tolist() == ["afraid"] * 2 + ["disgusted"] * 2
    assert table["Pixels"].unique().tolist() == ["48 × 48"]
    _kind, content = table["Picture"][0].split(",")
    with Image.open(io.BytesIO(base64.b64decode(content))) as picture:
        assert picture.size == (32, 32)


def test_only_the_first_rows_are_shown_and_the_download_has_all_without_pictures(
    found: tuple[dict[str, Finding], Survey],
) -> None:
    findings, survey = found
    assert len(findings_table(findings["leak"], survey, 3)) == 3
    everything = findings_table(findings["leak"], survey, None)
    assert len(everything) == 4
    assert "Picture" not in everything


def test_what_cannot_be_read_says_why(found: tuple[dict[str, Finding], Survey]) -> None:
    findings, survey = found
    table = findings_table(findings["unreadable"], survey, 300)
    assert "is not a picture" in table["Reason"][0]
    assert "Picture" not in table


def test_selected_rows_alone_are_set_aside_where_some_are(
    found: tuple[dict[str, Finding], Survey],
) -> None:
    findings, _survey = found
    ((label, paths, _key),) = _ways(findings["leak"], ["train/2/leak.png"])
    assert label == "Set the 1 selected aside"
    assert paths == ("train/2/leak.png",)


def test_without_a_selection_each_kind_has_its_own_ways_out(
    found: tuple[dict[str, Finding], Survey],
) -> None:
    findings, _survey = found
    assert [label for label, _, _ in _ways(findings["leak"], [])] == [
        "Set 2 in train aside",
        "Set 2 in test aside",
    ]
    assert [label for label, _, _ in _ways(findings["exact"], [])] == ["Set the copy aside"]
    assert [label for label, _, _ in _ways(findings["unreadable"], [])] == ["Set it aside"]
