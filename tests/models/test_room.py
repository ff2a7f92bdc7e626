from pathlib import Path

from emotion.models.room import size_bytes


def test_all_files_of_a_folder_count_and_what_is_gone_does_not(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "deep" / "b").write_bytes(b"123")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert size_bytes(tmp_path) == 8
    assert size_bytes(tmp_path / "none") == 0
