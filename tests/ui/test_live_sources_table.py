import csv
import io
from dataclasses import replace

from emotion.errors import PictureError
from emotion.ui.live_sources_table import CSV_COLUMNS, faces_table, pictures_csv
from emotion.ui.live_sources_work import ReadPicture
from tests.vision.made import made_result

BOXES = ((10.0, 20.0, 50.5, 70.0), (100.0, 20.0, 150.0, 80.0))
READ = [
    ReadPicture("a.png", b"", made_result(0, (640, 480), *BOXES)),
    ReadPicture("b.png", error=PictureError("The picture {path} is broken.", path="b.png")),
    ReadPicture("=c.png", b"", made_result(0, (640, 480), BOXES[0], expression=0)),
    ReadPicture("none.png", b"", made_result(0, (640, 480))),
]


def test_the_csv_has_a_line_for_each_face_and_for_each_picture_without_one() -> None:
    text = pictures_csv(READ)
    assert text.count("\r\n") == 6
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [(row["picture"], row["face"]) for row in rows] == [
        ("a.png", "1"), ("a.png", "2"), ("b.png", ""), ("'=c.png", "1"), ("none.png", ""),
    ]  # fmt: skip
    assert (rows[0]["expression"], rows[0]["shown"], rows[0]["confidence"]) == (
        "happy", "happy", "0.87",
    )  # fmt: skip
    assert (rows[0]["left"], rows[0]["right"], rows[0]["p_happy"]) == ("10.0", "50.5", "0.87")
    assert rows[2]["error"] == "The picture b.png is broken."
    assert rows[3]["expression"] == "surprise"


def test_two_pictures_of_one_name_keep_their_faces() -> None:
    rows = list(csv.DictReader(io.StringIO(pictures_csv([READ[0], READ[0]]))))
    assert [row["face"] for row in rows] == ["1", "2", "1", "2"]


def test_an_unsure_face_says_so_and_why() -> None:
    result = READ[2].result
    assert result is not None
    unsure = replace(result, faces=(replace(result.faces[0], reasons=("too_dark",)),))
    (row,) = csv.DictReader(io.StringIO(pictures_csv([replace(READ[2], result=unsure)])))
    assert (row["expression"], row["shown"], row["reasons"]) == ("surprise", "unsure", "too_dark")


def test_the_table_of_the_page_has_a_row_for_each_face_in_words() -> None:
    table = faces_table(READ, "es", str.upper)
    assert list(table.columns)[:4] == ["PICTURE", "FACE", "LABEL", "sorprendido"]
    assert table["PICTURE"].tolist() == ["a.png", "a.png", "=c.png"]
    assert table["LABEL"].tolist() == ["feliz 87 %", "feliz 87 %", "sorprendido 87 %"]
    assert table["feliz"].tolist()[:2] == ["87%", "87%"]
