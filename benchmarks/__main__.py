"""Make all results of this folder again: `python -m benchmarks`, or those that are named.

Each `*.json` holds the figures of one command with the machine, the versions, the date and
how busy the machine was: a figure from a busy machine says little.
"""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from emotion.evaluation.speed import processor_name

FOLDER = Path(__file__).parent
COMMANDS = {
    "live": ("bench", "live", "--json"),
    "browser": ("bench", "browser", "--json"),
    "startup": ("bench", "startup", "--json"),
    "train": ("bench", "train", "--only", "benchmarks/set_aside.csv", "--json"),
    "analysis": ("bench", "analysis", "--json"),
}
PACKAGES = (
    "numpy",
    "opencv-python-headless",
    "openvino",
    "torch",
    "torchvision",
    "streamlit",
    "streamlit-webrtc",
    "aiortc",
    "av",
    "sqlalchemy",
    "pandas",
    "pyarrow",
)


def record(arguments: tuple[str, ...]) -> dict[str, Any]:
    """Run one command in a process of its own; its results and all that they depend on."""
    busy = round(os.getloadavg()[0], 2)
    done = subprocess.run(
        [sys.executable, "-m", "emotion", *arguments],
        cwd=FOLDER.parent,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return {
        "command": " ".join(("python -m emotion", *arguments)),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine() | {"load_before": busy},
        "versions": {"python": platform.python_version()}
        | {name: metadata.version(name) for name in PACKAGES},
        "results": json.loads(done.stdout),
    }


def machine() -> dict[str, Any]:
    """Processor, number of cores and system."""
    return {
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
    }


def main(names: list[str]) -> None:
    """Make the results called `names`, all of them without a name."""
    for name in names or COMMANDS:
        print(f"{name} …", file=sys.stderr, flush=True)
        values = record(COMMANDS[name])
        (FOLDER / f"{name}.json").write_text(json.dumps(values, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
