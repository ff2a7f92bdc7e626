"""Times and moments as page and report write them."""

from datetime import datetime, tzinfo

import pandas as pd

from emotion.locale import Translate


def clock(seconds: float) -> str:
    """A length of time as `0:42`, `12:05` or `1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def local_time(moment: datetime, zone: tzinfo) -> str:
    """`moment` in `zone`, to the minute."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def marks(markers: pd.DataFrame, pauses: pd.DataFrame, translate: Translate) -> pd.DataFrame:
    """What is drawn over a timeline: the markers, and where recording was paused."""
    labels = [translate("pause of {length}").format(length=clock(s)) for s in pauses["length_s"]]
    columns = ["time", "seconds", "label"]
    both = [markers[columns], pauses.assign(label=labels)[columns]]
    return pd.concat([part for part in both if len(part)] or both[:1], ignore_index=True)
