"""A video file for Chromium's fake camera: a real face that moves through the picture."""

from pathlib import Path

import cv2
import numpy as np
import skimage.data

WIDTH, HEIGHT, RATE = 640, 480, 30


def write_face_video(path: Path, seconds: float = 4.0) -> Path:
    """Write `path` (y4m, 4:2:0): the astronaut's portrait drifting left and right and near.

    The picture is NASA's portrait of Eileen Collins, in the public domain, as
    `skimage.data.astronaut()` ships it. Chromium plays the file in a loop.
    """
    portrait = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2BGR)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(int(seconds * RATE)):
            phase = 2 * np.pi * number / (seconds * RATE)
            frame = portrait_frame(portrait, shift=60 * np.sin(phase), zoom=1 + 0.1 * np.sin(phase))
            file.write(b"FRAME\n")
            file.write(cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes())
    return path


def portrait_frame(portrait: np.ndarray, shift: float, zoom: float) -> np.ndarray:
    matrix = np.array([[zoom, 0, 60 + shift], [0, zoom, 0]], dtype=np.float32)
    return cv2.warpAffine(
        portrait, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_LINEAR
    )
