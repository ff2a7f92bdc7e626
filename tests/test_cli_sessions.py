"""`python -m emotion sessions compare`, `stats` and `report`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emotion.cli import main
from emotion.sessions.store import SessionStore
from emotion.settings import load_settings
from tests.pages.recorder import Recorder


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The numbers of two sessions of two minutes, with a marker "bell" in each; the second
    has a "joke", too."""
    monkeypatch.setenv("SEMBLANTE_DATABASE_URL", f"sqlite:///{tmp_path / 'sessions.db'}")
    load_settings.cache_clear()
    store = SessionStore(load_settings().database_url)
    recorder = Recorder(store)
    numbers = []
    for labels in (["bell"], ["bell", "joke"]):
        recording = recorder.start("a", [[(1, "sad")]] * 20)
        for label in labels:
            recording.mark(label)
        recorder.add(recording, [[(1, "happy")], [(1, "happy")], [(1, "sad")]] * 70)
        recording.stop()
        assert recording.wait(5)
        numbers.append(str(recording.session_id))
    recorder.close()
    store.close()
    yield numbers
    load_settings.cache_clear()


def test_sessions_are_compared_with_intervals_and_their_response(
    sessions: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["sessions", "compare", *sessions, "--marker", "bell", "--before", "1"]
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["session"] for row in found["expressions"]] == [
        int(number) for number in sessions for _ in range(8)
    ]
    happy = next(row for row in found["expressions"] if row["expression"] == "happy")
    assert happy["share"] == pytest.approx(70 / 115)
    assert happy["share_low"] < happy["share"] < happy["share_high"]
    fear = next(row for row in found["expressions"] if row["expression"] == "fear")
    assert fear["share_low"] is None
    response = [row["mean"] for row in found["response"] if row["expression"] == "happy"]
    assert response[:8] == pytest.approx([0.05] * 4 + [0.7] * 4)
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert f"{happy['share_low']:.3f}-{happy['share_high']:.3f}" in told


def test_what_cannot_be_compared_is_refused_in_one_sentence(
    sessions: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, words in (
        (sessions[:1] * 2, "two or more"),
        ([sessions[0], "99"], "no session 99"),
        ([*sessions, "--marker", "joke"], f"The session {sessions[0]} has no marker joke"),
    ):
        assert main(["sessions", "compare", *arguments]) == 2
        told = capsys.readouterr()
        assert not told.out
        assert words in told.err


@pytest.fixture
def talk(sessions: list[str]) -> str:  # noqa: ARG001  (the database that it makes)
    """Sad for 5 s, "bell", happy for 5 s, "joke", "bell", happy and another face sad for 5 s."""
    store = SessionStore(load_settings().database_url)
    recorder = Recorder(store)
    recording = recorder.start("talk", [[(1, "sad")]] * 10)
    recording.mark("bell")
    recorder.add(recording, [[(1, "happy")]] * 10)
    recording.mark("joke")
    recording.mark("bell")
    recorder.add(recording, [[(1, "happy"), (2, "sad")]] * 10)
    recording.stop()
    assert recording.wait(5)
    recorder.close()
    store.close()
    return str(recording.session_id)


def shares(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """The shares that are not 0."""
    assert main(["sessions", "stats", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["expressions"]
    return {row["expression"]: row["share"] for row in found if row["share"]}


def test_the_numbers_are_of_the_whole_session_a_part_or_some_faces(
    talk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shares([talk], capsys) == pytest.approx({"sad": 0.5, "happy": 0.5})
    assert shares([talk, "--to", "5"], capsys) == {"sad": 1.0}
    assert shares([talk, "--from", "2.5", "--to", "7.5"], capsys) == {"sad": 0.5, "happy": 0.5}
    assert shares([talk, "--between", "bell", "joke"], capsys) == {"happy": 1.0}
    assert shares([talk, "--from", "10", "--face", "2"], capsys) == {"sad": 1.0}


def test_all_numbers_stand_in_the_json_and_the_table(
    talk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sessions", "stats", talk, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["session"]["name"] == "talk"
    assert found["summary"]["faces"] == 2
    assert found["transitions"]["sad"]["happy"] == 1
    assert [row["seconds"] for row in found["faces_at_once"]] == [0.0, 10.0, 5.0]
    assert found["not_sure"] == []
    unsure = found["expressions"][-1]
    assert (unsure["expression"], unsure["episodes"]) == ("unsure", None)
    assert main(["sessions", "stats", talk, "--between", "bell", "joke"]) == 0
    told = capsys.readouterr().out
    assert "talk: 0:05 to 0:10, 0:05." in told
    assert "it showed “happy”" in told
    assert "nan" not in told.lower()


def test_a_report_is_written_whole_or_not_at_all(
    talk: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "talk.html"
    options = ["--between", "bell", "joke", "--language", "es", "--zone", "America/Mexico_City"]
    assert main(["sessions", "report", talk, str(path), *options, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["part"] == [5.0, 10.0]
    text = path.read_text("utf-8")
    assert "feliz" in text and "America/Mexico_City" in text
    assert main(["sessions", "report", talk, str(path), "--zone", "Mars"]) == 2
    assert path.read_text("utf-8") == text
    assert main(["sessions", "report", talk, str(tmp_path / "none" / "a.html")]) == 2
    assert "could not be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--between", "bell", "silence"], "no marker silence. Its markers: bell, joke."),
        (["--between", "joke", "joke"], "No marker joke"),
        (["--between", "bell", "joke", "--to", "3"], "--between, or --from and --to"),
        (["--from", "9", "--to", "3"], "From 9 to 3 seconds there is nothing"),
        (["--from", "99"], "15.0 seconds long"),
        (["--from", "soon"], "valid number"),
        (["--face", "7"], "no face 7. Its faces: 1, 2."),
    ],
)
@pytest.mark.parametrize("command", ["stats", "report"])
def test_what_is_not_in_the_session_is_refused_in_one_sentence(
    command: str,
    options: list[str],
    words: str,
    talk: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "report.html"
    output = [str(path)] if command == "report" else []
    assert main(["sessions", command, talk, *output, *options]) == 2
    told = capsys.readouterr()
    assert words in told.err and told.err.count("\n") == 1
    assert not told.out and not path.exists()
    assert main(["sessions", command, "99", *output]) == 2
    assert "no session 99" in capsys.readouterr().err
