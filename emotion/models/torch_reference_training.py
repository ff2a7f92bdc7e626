"""The original system's training loop: what `bench train` compares with.

Written from the description of that system: pictures are read and varied one by one, an eager
float32 ResNet18 learns, and a BatchNorm under frozen weights goes on moving, as it did there.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms
from torchvision.models import resnet18

from emotion.labels import KEYS
from emotion.models.torch_networks import GreyNetwork

WORKERS: Final = min(4, os.cpu_count() or 1)
"""It took four; more than there are cores only stand in each other's way."""
LEARNING_RATE: Final = 0.001
Labelled = Sequence[tuple[Path, int]]
"""Picture files with the number of their class."""


class _Folder(Dataset[tuple[Tensor, int]]):
    """As torchvision's `ImageFolder`, of which some pictures stand on the other side."""

    def __init__(self, pictures: Labelled, transform: Any) -> None:
        self._pictures, self._transform = pictures, transform

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        path, label = self._pictures[index]
        with path.open("rb") as file:
            return self._transform(Image.open(file).convert("RGB")), label


class OriginalTraining:
    """A ResNet18 with the weights of `start` and a new last layer, and its epochs.

    With `frozen` only the last layer learns. `size` is the side of the network's input.
    """

    def __init__(
        self,
        fit: Labelled,
        held_out: Labelled,
        start: GreyNetwork,
        *,
        size: int = 224,
        batch_size: int = 16,
        frozen: bool = True,
    ) -> None:
        self.model = resnet18(num_classes=len(KEYS))
        self.model.load_state_dict(start.body.state_dict())
        if frozen:
            for parameter in self.model.parameters():
                parameter.requires_grad = False
        self.model.fc = nn.Linear(self.model.fc.in_features, len(KEYS))
        learning = [p for p in self.model.parameters() if p.requires_grad]
        self._criterion = nn.CrossEntropyLoss()
        self._optimizer = torch.optim.Adam(learning, lr=LEARNING_RATE)
        grey = [
            transforms.Grayscale(num_output_channels=3),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
        varied = [transforms.RandomResizedCrop(size), transforms.RandomHorizontalFlip()]
        middle = [transforms.Resize(size * 256 // 224), transforms.CenterCrop(size)]
        self._fit = _Folder(fit, transforms.Compose([*varied, *grey]))
        self._held_out = _Folder(held_out, transforms.Compose([*middle, *grey]))
        self._batch_size = batch_size

    def steps(self) -> Iterator[int]:
        """An epoch over the pictures to learn from; the size of each batch once it is learned."""
        self.model.train()
        for inputs, labels in self._loader(self._fit):
            yield self._learn(inputs, labels)

    def steps_on_one_batch(self) -> Iterator[int]:
        """As `steps`, without end, on a batch that is read once: the network's share alone."""
        self.model.train()
        inputs, labels = next(iter(self._loader(self._fit)))
        while True:
            yield self._learn(inputs, labels)

    @torch.no_grad()
    def accuracy(self) -> float:
        """The share of the held-out pictures that are told right."""
        self.model.eval()
        right = 0
        for inputs, labels in self._loader(self._held_out):
            _, answers = torch.max(self.model(inputs), 1)
            right += int(torch.sum(answers == labels))
        return right / len(self._held_out)

    def _learn(self, inputs: Tensor, labels: Tensor) -> int:
        self._optimizer.zero_grad()
        loss = self._criterion(self.model(inputs), labels)
        loss.backward()
        self._optimizer.step()
        return len(inputs)

    def _loader(self, pictures: _Folder) -> DataLoader[tuple[Tensor, int]]:
        return DataLoader(pictures, batch_size=self._batch_size, shuffle=True, num_workers=WORKERS)
