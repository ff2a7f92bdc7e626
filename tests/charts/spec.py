"""Reading a chart's Vega-Lite specification in tests."""

from collections.abc import Iterator
from typing import Any

Spec = dict[str, Any]


def spanish(text: str) -> str:
    """A translation that shows which texts went through it."""
    return f"«{text}»"


def rows(spec: Spec) -> list[Spec]:
    """The data that the chart carries; all its layers share one set."""
    assert len(spec["datasets"]) == 1
    return next(iter(spec["datasets"].values()))


def rows_of(spec: Spec, part: Spec) -> list[Spec]:
    """The data of one layer; of the whole chart where the layer has none of its own."""
    name = (part.get("data") or spec["data"])["name"]
    rows: list[Spec] = spec["datasets"][name]
    return rows


def layer(spec: Spec, mark: str) -> Spec:
    """The first layer drawn as `mark`."""
    return next(part for part in spec["layer"] if part["mark"]["type"] == mark)


def words(spec: Any) -> Iterator[str]:
    """Every title in the chart."""
    if isinstance(spec, dict):
        if isinstance(spec.get("title"), str):
            yield spec["title"]
        for value in spec.values():
            yield from words(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from words(value)


def is_ready_for_a_page(spec: Spec) -> bool:
    """As wide as its container, without background, all texts translated."""
    titles = list(words(spec))
    return (
        spec["width"] == "container"
        and spec["background"] == "transparent"
        and bool(titles)
        and all(title.startswith("«") for title in titles)
    )
