"""The original system's webcam loop, one frame of it: what the bench compares with.

Written from the description of that system: the whole frame is classified, without face
detection, by an eager float32 ResNet18, with its transforms and its text on the picture.
"""

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torchvision import transforms
from torchvision.models import resnet18

from emotion.labels import EXPRESSIONS

GREEN_BGR: Final = (0, 255, 0)
_NAMES: Final = [expression.spanish for expression in EXPRESSIONS]


class OriginalLoop:
    """Seven outputs with random weights: how long it takes does not depend on them."""

    def __init__(self) -> None:
        self._network = resnet18(num_classes=len(EXPRESSIONS)).eval()
        self._transform: Any = transforms.Compose(
            [
                transforms.ToPILImage(),
                transforms.Resize(256),
                transforms.CenterCrop(224),
                transforms.Grayscale(num_output_channels=3),
                transforms.ToTensor(),
                transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
            ]
        )

    def process(self, frame_bgr: npt.NDArray[np.uint8]) -> str:
        """Classify the frame `(height, width, 3)` and write the label on it, in place."""
        frame_rgb = cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2RGB)
        batch = self._transform(frame_rgb).unsqueeze(0)
        with torch.no_grad():
            probabilities = torch.softmax(self._network(batch), dim=1)
        confidence, best = torch.max(probabilities, dim=1)
        text = f"{_NAMES[int(best)]} ({float(confidence) * 100:.2f}%)"
        cv2.putText(frame_bgr, text, (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 1, GREEN_BGR, 2)
        return text
