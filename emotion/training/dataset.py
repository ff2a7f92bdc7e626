"""The pictures that the settings of a run name."""

from emotion.data.layout import DataSet, scan
from emotion.data.lists import read_paths
from emotion.training.config import TrainConfig


def data_of(config: TrainConfig) -> DataSet:
    """The data folder, less what the run must not see. Raises `DataError` as `scan` does."""
    data = scan(config.data)
    return data if config.without is None else data.without(read_paths(config.without, "path"))
