"""Nothing leaves this machine: OpenVINO and NNCF are kept from reporting their use.

Both send an event when they are imported, through the package `openvino_telemetry`, and
both fall back to a stub where that package is missing. Call `block` before importing them.
"""

import sys


def block() -> None:
    """Make `import openvino_telemetry` fail in this process, as if it were not installed."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
