"""The analysis page of the real app, and what a test reads and does on it."""

from typing import Any

import pandas as pd
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from emotion.settings import PROJECT_DIR

ZONE = "America/Mexico_City"


def open_page(**state: object) -> AppTest:
    """The page in an English browser in Mexico, with `state` in the session state."""
    page = AppTest.from_file(str(PROJECT_DIR / "app.py"), default_timeout=30)
    page.context = {"timezone": ZONE, "locale": "en-US"}
    for key, value in state.items():
        page.session_state[key] = value
    page.switch_page("pages/analysis.py").run()
    assert not page.exception
    return page


def pick(page: AppTest, label: str, start: str) -> None:
    """Pick the option that begins with `start` in the select box called `label`."""
    (box,) = [box for box in page.selectbox if box.label == label]
    (option,) = [option for option in box.options if option.startswith(start)]
    box.select_index(box.options.index(option)).run()
    assert not page.exception


def texts(elements: Any) -> str:
    """What the elements say, a line each."""
    return "\n".join(str(element.value) for element in elements)


def figures(page: AppTest) -> dict[str, str]:
    """The row of figures: title -> value."""
    return {metric.label: metric.value for metric in page.metric}


def charts(page: AppTest) -> dict[str, Any]:
    """The charts by what is said of them to those who cannot see them."""
    return {chart.proto.alt: chart.proto for chart in page.get("vega_lite_chart")}


def chart_rows(proto: Any) -> pd.DataFrame:
    """The data that a chart sends to the browser, of its first layer where it has several."""
    data, *_ = [one.data.data for one in proto.datasets] or [proto.data.data]
    return convert_arrow_bytes_to_pandas_df(data)


def button(page: AppTest, label: str) -> Any:
    """The one button called `label`."""
    (found,) = [button for button in page.button if button.label == label]
    return found
