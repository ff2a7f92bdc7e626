"""What a process holds before and after fifty starts and stops of the camera, as JSON.

`python -m tests.ui.fifty_starts MODELS_DIR`, for `test_never_stuck.py`.
"""

import ctypes
import gc
import json
import logging
import sys
from pathlib import Path

import psutil

from emotion.models.load import load_classifier
from emotion.models.store import find_model
from emotion.ui.live_stream import LiveStream
from emotion.vision.detector import FaceDetector
from emotion.vision.pipeline import Pipeline
from emotion.vision.tracker import Tracker
from emotion.vision.worker import Worker
from tests.ui.calls import Camera, Loop, calling
from tests.ui.test_live_stream import portrait
from tests.waiting import wait_for


def main(models_dir: Path) -> None:
    """Print what is held as `{"before": {...}, "after": {...}}`."""
    logging.disable()  # streamlit-webrtc speaks of a page that is not there
    classifier = load_classifier(find_model(models_dir, "tiny"))
    pipeline = Pipeline(FaceDetector(), classifier, Tracker())
    loop, worker = Loop(), Worker()

    def start_and_stop(times: int) -> None:
        for _ in range(times):
            stream = LiveStream(worker, pipeline, language="en", budget_ms=15)
            with calling(loop, stream, Camera([portrait()])) as call:
                call.frames(2)
            wait_for("the end", lambda s=stream: s.ended and not worker.running, 10)

    start_and_stop(40)  # pools of threads and of memory grow to their size
    before = holdings()
    start_and_stop(50)
    print(json.dumps({"before": before, "after": holdings()}))
    loop.close()


def holdings() -> dict[str, float]:
    """Threads, open files and megabytes of this process once its garbage is collected."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)  # what the allocator keeps for later is not a leak
    process = psutil.Process()
    megabytes = process.memory_info().rss / 2**20
    return {
        "threads": process.num_threads(),
        "files": process.num_fds(),
        "megabytes": round(megabytes, 1),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
