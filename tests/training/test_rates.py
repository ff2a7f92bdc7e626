import pytest
import torch
import torch.nn.functional as F

from emotion.models.card import Network
from emotion.models.torch_networks import HEAD, GreyNetwork
from emotion.training.config import TrainConfig
from emotion.training.rates import adjustment, class_weights, make_optimizer, schedule


def test_the_rate_warms_up_in_a_line_and_falls_in_half_a_cosine(config: TrainConfig) -> None:
    cosine = config.model_copy(update={"schedule": "cosine", "warmup_epochs": 0.5})
    assert schedule(cosine, 0.0) == pytest.approx(0.002)
    assert schedule(cosine, 0.25) == pytest.approx(0.5 * 0.9619, rel=0.01)
    assert schedule(cosine, 1.0) == pytest.approx(0.5)
    assert schedule(cosine, 1.999) == pytest.approx(0.01)


def test_a_constant_rate_stays_the_same_after_its_warm_up(config: TrainConfig) -> None:
    constant = config.model_copy(update={"schedule": "constant", "warmup_epochs": 1.0})
    assert schedule(constant, 0.5) == pytest.approx(0.5, abs=0.01)
    assert schedule(constant, 1.5) == schedule(constant, 2.0) == 1.0
    without = constant.model_copy(update={"warmup_epochs": 0.0})
    assert schedule(without, 0.0) == 1.0


@pytest.mark.parametrize("network", HEAD)
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_every_weight_learns_at_a_rate_that_falls_towards_the_input(
    config: TrainConfig, network: Network, optimizer: str
) -> None:
    model = GreyNetwork(network)
    changes = {"network": network, "optimizer": optimizer, "layer_decay": 0.5}
    groups = make_optimizer(config.model_copy(update=changes), model).param_groups
    learned = [parameter for group in groups for parameter in group["params"]]
    assert {id(p) for p in learned} == {id(p) for p in model.parameters()}
    assert len(learned) == len(list(model.parameters()))

    factors = [group["factor"] for group in groups]
    assert factors == sorted(factors)
    assert factors[-1] == 1.0
    assert any(parameter is model.head.weight for parameter in groups[-1]["params"])
    assert factors[-2] == 0.5


@pytest.mark.parametrize(("kind", "ratio"), [("none", 1.0), ("sqrt", 2.0), ("full", 4.0)])
def test_rare_classes_weigh_more_and_the_average_weight_is_one(
    config: TrainConfig, kind: str, ratio: float
) -> None:
    labels = torch.tensor([0] * 40 + [3] * 10)
    weights = class_weights(config.model_copy(update={"class_weights": kind}), labels)
    assert float(weights[labels].mean()) == pytest.approx(1.0)
    assert float(weights[3] / weights[0]) == pytest.approx(ratio)


def test_a_class_without_pictures_weighs_nothing_where_classes_are_weighed(
    config: TrainConfig,
) -> None:
    labels = torch.tensor([0, 0, 3])
    weights = class_weights(config.model_copy(update={"class_weights": "full"}), labels)
    assert weights[[1, 2, 4, 5, 6]].tolist() == [0] * 5


@pytest.mark.parametrize("kept", [True, False])
def test_weighted_answers_are_as_frequent_as_the_classes_where_that_is_asked_for(
    config: TrainConfig, *, kept: bool
) -> None:
    """One answer for all pictures, learned until it is the best: the frequencies themselves,
    or those times the weights. A class without pictures takes nothing away from the others."""
    labels = torch.tensor([0] * 80 + [1] * 15 + [3] * 5)
    config = config.model_copy(update={"class_weights": "full", "prior_kept": kept})
    weights = class_weights(config, labels)
    logits = torch.zeros(7, requires_grad=True)
    optimizer = torch.optim.LBFGS([logits], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        answers = (logits + adjustment(config, weights)).expand(len(labels), 7)
        value = F.cross_entropy(answers, labels, weight=weights)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    shares = logits.detach().softmax(0)
    expected = [0.8, 0.15, 0.05] if kept else [1 / 3] * 3
    assert shares[[0, 1, 3]].tolist() == pytest.approx(expected, abs=0.01)
