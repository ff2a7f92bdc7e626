from pathlib import Path

from benchmarks.start_from import take
from emotion.data.layout import scan


def test_only_the_listed_pictures_are_taken_each_in_its_class(
    faces_dir: Path, tmp_path: Path
) -> None:
    wanted = [scan(faces_dir).samples("train")[number].path for number in (0, 40, 97)]
    listed = tmp_path / "listed.csv"
    listed.write_text("\n".join(["path", *wanted]))
    assert take(faces_dir, tmp_path / "data", listed) == 3
    assert [sample.path for sample in scan(tmp_path / "data").samples("train")] == wanted
