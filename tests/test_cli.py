"""The command line as a tool sees it: one JSON object, exit codes, one sentence."""

import inspect
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import skimage.data
from PIL import Image

from emotion.cli import main
from emotion.cli.train import train
from emotion.evaluation.answers import EVALUATIONS
from emotion.labels import KEYS
from emotion.sessions.store import SessionStore
from emotion.sessions.writer import SessionWriter
from emotion.settings import PROJECT_DIR, load_settings
from emotion.training import runs
from emotion.training.config import Stage, TrainConfig
from tests.conftest import tiny_config
from tests.sessions.made import result

pytestmark = pytest.mark.usefixtures("settings")


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    """What a command prints with `--json`; there must be nothing else on standard output."""
    assert main([*arguments, "--json"]) == 0
    values: dict[str, object] = json.loads(capsys.readouterr().out)
    return values


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence of a command that is refused with exit code 2."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    Image.fromarray(skimage.data.astronaut()).save(path)
    return path


def test_classify_finds_the_face_of_a_picture(
    portrait: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = run_json(capsys, "classify", str(portrait), "--model", "tiny")
    assert values["model"] == "tiny"
    (result,) = values["results"]
    assert (result["path"], result["time_s"]) == (str(portrait), None)
    (face,) = result["faces"]
    left, top, right, bottom = face["box_xyxy"]
    assert 150 < left < right < 300
    assert 20 < top < bottom < 230
    assert face["detection_score"] > 0.8
    assert tuple(face["probabilities"]) == KEYS
    assert sum(face["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert face["confidence"] == max(face["probabilities"].values())


def test_classify_takes_a_folder_of_crops(
    faces_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = faces_dir / "test" / "4"
    values = run_json(capsys, "classify", str(folder), "--crops", "--model", "tiny")
    paths = [result["path"] for result in values["results"]]
    assert paths == sorted(str(path) for path in folder.iterdir())
    assert all(result["faces"][0]["box_xyxy"] == [0, 0, 48, 48] for result in values["results"])


def test_a_broken_picture_of_a_folder_is_left_out_and_named(
    portrait: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = portrait.with_name("broken.jpg")
    broken.write_bytes(b"\xff\xd8\xff\xe0 cut short")
    values = run_json(capsys, "classify", str(portrait.parent), "--model", "tiny")
    assert [result["path"] for result in values["results"]] == [str(portrait)]
    assert values["left_out"] == [str(broken)]
    assert "broken.jpg" in refused(capsys, "classify", str(broken), "--model", "tiny")


def test_classify_follows_the_faces_of_a_video(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video = _write_video(tmp_path / "clip.mp4", frames=6)
    values = run_json(capsys, "classify", str(video), "--model", "tiny")
    times = [result["time_s"] for result in values["results"]]
    assert times == pytest.approx([number / 10 for number in range(6)], abs=1e-3)
    assert {result["faces"][0]["track"] for result in values["results"]} == {1}


def test_evaluate_gives_the_scores_of_the_guide(
    faces_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = run_json(capsys, "evaluate", "--data", str(faces_dir), "--model", "tiny")
    assert values["n"] == 28
    assert set(values) >= {
        "model", "n", "accuracy", "balanced_accuracy", "macro_f1", "ece", "per_class", "confusion"
    }  # fmt: skip
    confusion = values["confusion"]
    assert [sum(row) for row in confusion] == [4] * 7
    assert values["accuracy"] == pytest.approx(sum(confusion[i][i] for i in range(7)) / 28)
    assert values["per_class"]["fear"]["support"] == 4


def test_evaluate_adds_intervals_and_keeps_the_answers_unless_asked_anew(
    faces_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["evaluate", "--data", str(faces_dir), "--model", "tiny"]
    values = run_json(capsys, *data)
    low, high = values["intervals"]["accuracy"]
    assert low < values["accuracy"] < high
    assert set(values["intervals"]["per_class"]["fear"]) == {"precision", "recall", "f1"}
    (kept,) = (load_settings().cache_dir / EVALUATIONS).iterdir()
    written = kept.stat().st_mtime_ns
    assert run_json(capsys, *data) == values
    assert kept.stat().st_mtime_ns == written
    assert run_json(capsys, *data, "--fresh") == values
    assert kept.stat().st_mtime_ns > written


def test_a_folder_of_one_split_is_evaluated(
    faces_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = run_json(capsys, "evaluate", "--data", str(faces_dir), "--model", "tiny")
    flat = run_json(capsys, "evaluate", "--data", str(faces_dir / "test"), "--model", "tiny")
    assert flat["confusion"] == whole["confusion"]


def test_listed_pictures_are_left_out_of_an_evaluation(
    faces_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unwanted = sorted((faces_dir / "test" / "4").iterdir())[:3]
    paths = [path.relative_to(faces_dir).as_posix() for path in unwanted]
    (tmp_path / "list.csv").write_text("\n".join(["test,other", *(f"{p},x" for p in paths)]))
    data = ["evaluate", "--data", str(faces_dir), "--model", "tiny", "--without"]
    values = run_json(capsys, *data, str(tmp_path / "list.csv"))
    assert (values["n"], values["per_class"]["happy"]["support"]) == (25, 1)

    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert "a, b" in refused(capsys, *data, str(tmp_path / "other.csv"))


def test_models_are_listed_imported_and_made_active(
    tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    shutil.copytree(models_dir, tmp_path / "models")
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(tmp_path / "models"))
    load_settings.cache_clear()
    weights = tmp_path / "models" / "tiny" / "weights.safetensors"
    run_json(capsys, "models", "import", str(weights), "--name", "copy")
    run_json(capsys, "models", "activate", "copy")
    values = run_json(capsys, "models", "list")
    assert values["active"] == "copy"
    assert {row["name"]: row["active"] for row in values["models"]} == {"copy": True, "tiny": False}
    # A ResNet18 stands where the original's script looks for it as well.
    assert (tmp_path / "models" / "emotion_classifier_resnet18.pth").is_file()


def test_a_model_is_exported_imported_again_and_deleted(
    tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    shutil.copytree(models_dir, tmp_path / "models")
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(tmp_path / "models"))
    load_settings.cache_clear()
    output = str(tmp_path / "out.zip")
    values = run_json(capsys, "models", "export", "tiny", "--to", "zip", "--output", output)
    assert values == {"model": "tiny", "form": "zip", "path": output}
    assert "tiny exists already" in refused(capsys, "models", "import", output)
    assert run_json(capsys, "models", "import", output, "--name", "back")["model"] == "back"
    assert run_json(capsys, "models", "delete", "back", "--yes") == {"deleted": "back"}
    assert [row["name"] for row in run_json(capsys, "models", "list")["models"]] == ["tiny"]
    assert "no model back" in refused(capsys, "models", "delete", "back", "--yes")


def test_sessions_are_listed_exported_imported_and_deleted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = SessionStore(load_settings().database_url)
    writer = SessionWriter(store)
    recording = writer.start("clase", "tiny")
    recording.add(result((1, "happy")))
    writer.close()
    store.close()

    (session,) = run_json(capsys, "sessions", "list")["sessions"]
    assert (session["name"], session["samples"]) == ("clase", 1)
    number = str(session["id"])
    assert main(["sessions", "export", number, "--output", str(tmp_path / "out.csv")]) == 0
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert lines[0].startswith("time,seconds,face,face_name,expression")
    assert len(lines) == 2
    parquet, csv = str(tmp_path / "out.parquet"), str(tmp_path / "out.csv")
    assert main(["sessions", "export", number, "--output", parquet]) == 0
    assert f"number {number}, clase" in refused(capsys, "sessions", "import", csv)
    assert run_json(capsys, "sessions", "export", number)["session"]["name"] == "clase"
    assert run_json(capsys, "sessions", "rename", number, "aula")["name"] == "aula"
    assert run_json(capsys, "sessions", "note", number, "one\ntwo")["note"] == "one\ntwo"
    deleted = run_json(capsys, "sessions", "delete", number, "--yes")
    assert deleted == {"deleted": [session["id"]]}
    back = run_json(capsys, "sessions", "import", parquet)
    assert (back["name"], back["model"], back["samples"]) == ("clase", "tiny", 1)
    assert run_json(capsys, "sessions", "delete", "--older-than", "1", "--yes")["deleted"] == []
    old = run_json(capsys, "sessions", "delete", "--older-than", "0", "--yes")
    assert old == {"deleted": [back["id"]]}
    assert run_json(capsys, "sessions", "list")["sessions"] == []


def test_everything_is_backed_up_and_brought_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path = str(tmp_path / "all.zip")
    made = run_json(capsys, "backup", path)
    assert made["holds"] == {"session": 0, "model": 1, "corrections": 0}
    assert "exists already" in refused(capsys, "backup", path)
    (tmp_path / "models").mkdir()
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(tmp_path / "models"))
    load_settings.cache_clear()
    values = run_json(capsys, "restore", path)
    assert values == {"restored": [{"kind": "model", "name": "tiny", "outcome": "added"}]}
    assert (tmp_path / "models" / "tiny" / "card.json").is_file()
    assert "pyproject.toml cannot be read as a zip" in refused(capsys, "restore", "pyproject.toml")


def test_the_doctor_checks_what_is_there(
    models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert main(["doctor", "--json"]) == 1, "the active model, the shipped one, is not there"
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert [check["name"] for check in checks if not check["ok"]] == ["active model"]

    shutil.copytree(models_dir / "tiny", tmp_path / "models" / "semblante-resnet18")
    monkeypatch.setenv("SEMBLANTE_MODELS_DIR", str(tmp_path / "models"))
    load_settings.cache_clear()
    assert run_json(capsys, "doctor")["ok"] is True


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["classify", "nowhere.png", "--model", "tiny"], "nowhere.png"),
        (["classify", "pyproject.toml", "--model", "tiny"], "not a picture"),
        (["classify", "tests/ui", "--model", "tiny"], "holds no pictures"),
        (["classify", "app.py", "--model", "none"], "tiny"),
        (["evaluate", "--data", "tests/ui", "--model", "tiny"], "train/1"),
        (["evaluate", "--model", "tiny"], "--data"),
        (["train", "--preset", "seed", "--start", "scratch"], "random weights"),
        (["train", "--preset", "fast"], "fast"),
        (
            ["train", "--start", "tiny", "--epochs", "0"],
            "epochs cannot be 0: it must be at least 1",
        ),
        (["train", "--start", "tiny", "--name", "Big Name"], "Big Name"),
        (["train", "--start", "nowhere.pth"], "nowhere.pth"),
        (["train", "--start", "tiny", "--erasing", "2"], "erasing cannot be 2.0"),
        (["train", "--start", "tiny", "--teacher", "nobody"], "nobody"),
        (["train", "--run", "nowhere"], "nowhere"),
        (["sessions", "export", "7"], "7"),
        (["sessions", "import", "pyproject.toml"], "Nothing was imported"),
        (["sessions", "import", "nowhere.csv"], "nowhere.csv"),
        (["sessions", "delete", "--yes"], "--older-than"),
        (["models", "activate", "none"], "tiny"),
        (["nothing"], "nothing"),
        ([], "Missing command"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(PROJECT_DIR)
    assert words in refused(capsys, *arguments)


def test_every_setting_of_a_run_is_an_option() -> None:
    options = set(inspect.signature(train).parameters)
    assert {*TrainConfig.model_fields, "epochs", "size"} <= options


def test_stages_are_taken_as_they_are_written_whatever_the_start_saw(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = "--start tiny --stages 2x40,1x48"
    refused(capsys, "train", "--data", str(tmp_path / "none"), *options.split())
    (run,) = runs.list_runs(load_settings().runs_dir)
    assert run.config.stages == (Stage(epochs=2, size=40), Stage(epochs=1, size=48))


def test_options_become_the_settings_of_the_run_beside_what_the_start_brings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = "--start tiny --optimizer sgd --patience 0 --no-frozen --erasing 0.5 --threads 1"
    said = refused(capsys, "train", "--data", str(tmp_path / "none"), *options.split())
    assert "none does not exist" in said
    (run,) = runs.list_runs(load_settings().runs_dir)
    assert run.config.name == "fine-tune-resnet18"
    assert (run.config.optimizer, run.config.patience, run.config.erasing) == ("sgd", 0, 0.5)
    assert (run.config.input_size, run.config.threads, run.config.layer_decay) == (32, 1, 0.7)


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "emotion", "models", "list", "--json"],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [row["name"] for row in json.loads(done.stdout)["models"]] == ["tiny"]


def _write_video(path: Path, frames: int) -> Path:
    """The portrait, still, ten frames a second."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 512
        stream.pix_fmt = "yuv420p"
        picture = av.VideoFrame.from_ndarray(skimage.data.astronaut(), format="rgb24")
        for _ in range(frames):
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def test_runs_are_listed_shown_named_compared_and_deleted(
    tiny_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs_dir = load_settings().runs_dir
    assert run_json(capsys, "runs", "list") == {"runs": [], "broken": {}}
    copy = runs_dir / f"{tiny_run.name}-2"
    for folder in (runs_dir / tiny_run.name, copy):
        shutil.copytree(tiny_run, folder)
    run_json(capsys, "runs", "note", copy.name, "--title", "again", "--note", "the same")
    listed = run_json(capsys, "runs", "list")["runs"]
    assert [(one["title"], one["state"]) for one in listed] == [
        ("again", "finished"),
        ("tiny", "finished"),
    ]
    shown = run_json(capsys, "runs", "show", "again")
    assert shown["settings"]["batch_size"] == 8
    assert [one["epoch"] for one in shown["scores_of_epochs"]] == list(range(1, 7))

    assert main(["runs", "show", "again"]) == 0
    assert "6 at 32" in capsys.readouterr().out

    compared = run_json(capsys, "runs", "compare", "tiny", "again")
    assert compared["settings"] == {}
    assert [one["pictures"] for one in compared["runs"]] == [28, 28]
    (differences,) = compared["differences"]
    assert {one["metric"]: one["beyond_chance"] for one in differences} == {
        "accuracy": False,
        "balanced_accuracy": False,
        "macro_f1": False,
    }
    assert main(["runs", "compare", "tiny", "again"]) == 0
    assert "again less tiny: accuracy +0.000 (+0.000 to +0.000, within chance)" in " ".join(
        capsys.readouterr().out.split()
    )

    assert run_json(capsys, "runs", "delete", "again", "--yes") == {"deleted": copy.name}
    assert not copy.exists()
    assert "There is no run again" in refused(capsys, "runs", "show", "again")


def test_a_run_of_an_older_version_is_listed_with_the_reason_and_deleted(
    faces_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = runs.create(tiny_config(faces_dir, "old"), load_settings().runs_dir)
    (old / runs.CONFIG_FILE).write_text('{"name": "old"}')
    (broken,) = run_json(capsys, "runs", "list")["broken"].items()
    assert broken[0] == old.name
    assert "older version" in broken[1]
    assert main(["runs", "list"]) == 0
    assert "older version" in capsys.readouterr().out
    assert "older version" in refused(capsys, "runs", "show", old.name)
    assert run_json(capsys, "runs", "delete", old.name, "--yes") == {"deleted": old.name}
    assert not old.exists()
