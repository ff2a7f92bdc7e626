from pathlib import Path

import pytest
import torch
from torch import nn

from emotion.errors import TrainingError
from emotion.training.checkpoint import (
    CHECKPOINT_FILE,
    Progress,
    average_with_warmup,
    restore,
    save,
)


def network(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))


def weights(model: nn.Module) -> list[float]:
    return [float(value) for tensor in model.state_dict().values() for value in tensor.ravel()]


def test_a_run_goes_on_from_where_it_was_saved(tmp_path: Path) -> None:
    saved, other = network(0), network(1)
    progress = Progress(2, 7, 0.5, 1, 3.25, [1, 2], [2, 2])
    save(tmp_path, progress, {"model": saved})
    assert restore(tmp_path, {"model": other}) == progress
    assert weights(other) == weights(saved)
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT_FILE]


def test_without_a_checkpoint_a_run_begins(tmp_path: Path) -> None:
    model = network(0)
    before = weights(model)
    assert restore(tmp_path, {"model": model}) == Progress()
    assert weights(model) == before


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    save(tmp_path, Progress(epoch=1), {"model": network(0)})
    (tmp_path / "checkpoint.pt.part").symlink_to("/dev/full")  # a disk without room
    with pytest.raises(TrainingError, match=r"checkpoint\.pt could not be written.*Make room"):
        save(tmp_path, Progress(epoch=2), {"model": network(1)})
    model = network(2)
    assert restore(tmp_path, {"model": model}).epoch == 1
    assert weights(model) == weights(network(0))
    save(tmp_path, Progress(epoch=3), {"model": network(1)})
    assert restore(tmp_path, {"model": model}).epoch == 3


@pytest.mark.parametrize("keep", [0, 10, 0.5, -1])
def test_a_checkpoint_that_was_cut_short_is_a_sentence(tmp_path: Path, keep: float) -> None:
    path = tmp_path / CHECKPOINT_FILE
    save(tmp_path, Progress(), {"model": network(0)})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep) if 0 < keep < 1 else int(keep)])
    with pytest.raises(TrainingError, match=r"checkpoint\.pt cannot be read \(.+\)"):
        restore(tmp_path, {"model": network(0)})


@pytest.mark.parametrize(
    "content", [{}, {"model": {}, "progress": {}}, [1], {"progress": {"colour": "red"}}, "text"]
)
def test_a_checkpoint_of_something_else_is_a_sentence(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / CHECKPOINT_FILE)
    with pytest.raises(TrainingError, match=r"checkpoint\.pt cannot be read"):
        restore(tmp_path, {"model": network(0)})


def test_a_text_in_place_of_a_checkpoint_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / CHECKPOINT_FILE).write_text("hello world\n" * 10)
    with pytest.raises(TrainingError, match=r"checkpoint\.pt cannot be read"):
        restore(tmp_path, {"model": network(0)})


@pytest.mark.parametrize(("update", "decay"), [(0, 0.1), (8, 0.5), (1000, 0.9)])
def test_the_average_forgets_fast_at_first_and_slowly_later(update: int, decay: float) -> None:
    average, count = torch.tensor([1.0]), torch.tensor(5)
    average_with_warmup(0.9)([average, count], [torch.tensor([0.0]), torch.tensor(9)], update)
    assert float(average) == pytest.approx(decay)
    assert int(count) == 9  # a count is no average


def test_the_averaged_network_is_that_of_its_definition() -> None:
    model = nn.Linear(1, 1)
    averaged = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=average_with_warmup(0.8))
    expected = 0.0
    for n, value in enumerate([1.0, 4.0, -2.0, 3.0]):
        with torch.no_grad():
            model.weight.fill_(value)
        averaged.update_parameters(model)
        decay = min(0.8, (1 + n) / (10 + n)) if n else 0.0  # the first is taken as it is
        expected = decay * expected + (1 - decay) * value
        assert float(averaged.module.weight.detach()) == pytest.approx(expected)


def test_a_checkpoint_of_a_version_that_kept_less_says_what_is_missing(tmp_path: Path) -> None:
    save(tmp_path, Progress(), {"model": network(0)})
    with pytest.raises(TrainingError, match=r"holds no average\); .* start from that"):
        restore(tmp_path, {"model": network(0), "average": network(0)})


def test_a_checkpoint_of_another_network_is_a_sentence(tmp_path: Path) -> None:
    save(tmp_path, Progress(), {"model": nn.Linear(2, 2)})
    with pytest.raises(
        TrainingError, match=r"cannot be read \(Error.* state_dict for Sequential\)"
    ):
        restore(tmp_path, {"model": network(0)})
