"""YuNet (Wu et al., 2023, "YuNet: a tiny millisecond-level face detector") run by OpenVINO.

The same answer as OpenCV's `FaceDetectorYN` gives (`tests/vision/test_yunet.py` compares
them) in 0.4 times its processor time; OpenCV is left the suppression of overlapping boxes.
"""

from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from emotion.models.openvino_core import core, ov
from emotion.vision.types import FloatArray, FrameBgr

STRIDES: Final = (8, 16, 32)
"""Pixels between the cells of the network's three grids; sides are padded to the last."""
NMS_IOU: Final = 0.3
"""Boxes that overlap more are one face: OpenCV's own value for YuNet."""
KEPT_SIZES: Final = 16
"""A network is compiled for each size of picture, in a tenth of a second, and kept: one of
changing size (0.2 s once) takes 1.6 ms where fixed ones take 0.95, mean of two sizes in turn."""


class YuNet:
    """The network for pictures of any size. One object serves one thread at a time."""

    def __init__(
        self, content: npt.NDArray[np.uint8], score_threshold: float, *, exact: bool = True
    ) -> None:
        """`content` are the bytes of the ONNX file; faces below the score are left out.

        Not `exact`, it counts in bfloat16 where the CPU has it: a quarter less time, but the
        sides of a box of 150 pixels depart by up to five. Points depart by less than one.
        """
        self._content = content.tobytes()
        self._threshold = score_threshold
        self._precision = {"INFERENCE_PRECISION_HINT": "f32"} if exact else {}
        self._request = lru_cache(KEPT_SIZES)(self._compile)

    def __call__(self, picture: FrameBgr) -> FloatArray:
        """Rows `(n, 15)`, best first: left, top, width, height, five points x and y, score.

        The picture is BGR `(height, width, 3)` or grey `(height, width)`; the numbers are in
        its pixels.
        """
        if picture.ndim == 2:
            picture = np.repeat(picture[:, :, None], 3, axis=2)
        height, width = picture.shape[:2]
        lacking = (-height % STRIDES[-1], -width % STRIDES[-1])
        if any(lacking):
            padded = cv2.copyMakeBorder(picture, 0, lacking[0], 0, lacking[1], cv2.BORDER_CONSTANT)
            picture = np.asarray(padded, np.uint8)
        outputs = self._request(*picture.shape[:2]).infer(
            [np.ascontiguousarray(picture)[None]], share_inputs=True, share_outputs=True
        )
        columns = picture.shape[1]
        rows = [self._decode(outputs, stride, columns // stride) for stride in STRIDES]
        return suppress(np.concatenate(rows), self._threshold)

    def _compile(self, height: int, width: int) -> Any:
        """An infer request for uint8 pictures of that size, on one thread as all of live."""
        model = core().read_model(self._content, b"")
        model.reshape([1, 3, height, width])
        steps = ov.preprocess.PrePostProcessor(model)
        steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
        steps.input().model().set_layout(ov.Layout("NCHW"))
        options = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1} | self._precision
        return core().compile_model(steps.build(), "CPU", options).create_infer_request()

    def _decode(self, outputs: Any, stride: int, columns: int) -> FloatArray:
        """The cells of one grid that are faces, as rows.

        A cell says where the box's centre lies from its own corner, in cells, and the
        logarithm of its size in cells; points are like the centre (OpenCV's face_detect.cpp).
        """
        squared = outputs[f"cls_{stride}"][0, :, 0] * outputs[f"obj_{stride}"][0, :, 0]
        cells = np.flatnonzero(squared >= self._threshold**2)
        if not len(cells):
            return np.empty((0, 15), np.float32)
        corner = np.stack([cells % columns, cells // columns], axis=1)
        box = outputs[f"bbox_{stride}"][0, cells]
        size = np.exp(box[:, 2:])
        points = outputs[f"kps_{stride}"][0, cells] + np.tile(corner, 5)
        shapes = np.concatenate([box[:, :2] + corner - size / 2, size, points], axis=1) * stride
        return np.column_stack([shapes, np.sqrt(squared[cells])]).astype(np.float32)


def suppress(rows: FloatArray, threshold: float) -> FloatArray:
    """Of the rows `(n, 15)`, best first, that overlap the best one each."""
    if len(rows) < 2:
        return rows
    # OpenCV's detector compares boxes in whole pixels.
    boxes = np.trunc(rows[:, :4]).astype(float).tolist()
    kept = cv2.dnn.NMSBoxes(boxes, rows[:, 14].tolist(), threshold, NMS_IOU)
    return np.asarray(rows[np.asarray(kept)], np.float32)
