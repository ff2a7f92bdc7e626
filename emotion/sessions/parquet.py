"""A session as a Parquet file, and back. A module of its own: pyarrow is slow to load."""

import json
from collections.abc import Iterator
from datetime import tzinfo
from typing import IO, Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from emotion.sessions.tables import PROBABILITIES

FACTS: Final = b"semblante"
"""The key in the file's metadata of what the JSON has beside its samples."""


def write_parquet(
    chunks: Iterator[pd.DataFrame], facts: dict[str, Any], file: IO[bytes], zone: tzinfo
) -> None:
    """Write tables of `export.EXPORT_COLUMNS`; `facts` go to the metadata as JSON."""
    schema = _schema(zone).with_metadata({FACTS: json.dumps(facts, ensure_ascii=False).encode()})
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for chunk in chunks:
            chunk["time"] = chunk["time"].dt.round("ms").dt.as_unit("ms")
            writer.write_table(pa.Table.from_pandas(chunk, schema, preserve_index=False))


def read_parquet(file: IO[bytes]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The rows, and the facts, empty without. Raises `ValueError` (`pa.ArrowInvalid`) for a
    file that cannot be read."""
    table = pq.read_table(file)
    facts = json.loads((table.schema.metadata or {}).get(FACTS, b"{}"))
    return table.to_pandas(), facts if isinstance(facts, dict) else {}


def _schema(zone: tzinfo) -> pa.Schema:
    types = (
        {
            "time": pa.timestamp("ms", tz=pa.lib.tzinfo_to_string(zone)),
            "seconds": pa.float64(),
            "face": pa.int32(),
        }
        | dict.fromkeys(("face_name", "expression"), pa.string())
        | dict.fromkeys(("confidence", *PROBABILITIES, "score", "face_width_px"), pa.float32())
        | dict.fromkeys(("shown", "reasons"), pa.string())
        | {"baseline": pa.bool_()}
        | dict.fromkeys(("marker", "session", "model"), pa.string())
    )
    return pa.schema(list(types.items()))
