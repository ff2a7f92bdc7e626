"""The form of a new run: pictures, settings, start."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from emotion.data.report import DataReport
from emotion.data.roots import data_roots
from emotion.data.votes import VOTES_FILE
from emotion.errors import EmotionError
from emotion.models.card import Network
from emotion.models.store import list_models
from emotion.settings import Settings
from emotion.training.config import Preset, TrainConfig
from emotion.training.estimate import estimate
from emotion.training.presets import PRESETS, RefusedSettingsError
from emotion.training.runs import WORKING, RunInfo
from emotion.training.starts import Start, find_start
from emotion.ui import messages, train_progress, train_start
from emotion.ui.language import translate as _
from emotion.ui.train_data import ChosenData, data_section
from emotion.ui.train_settings import SettingFields, all_settings, common_settings
from emotion.ui.train_words import NETWORKS, preset_caption, preset_name, start_name


@dataclass(frozen=True, slots=True)
class _Filled:
    """The form as it was filled in; `choice` is None where a field beside the settings is
    wrong, which is said there."""

    fields: SettingFields
    choice: train_start.Choice | None


def new_run(settings: Settings, known: list[RunInfo]) -> Path | None:
    """The form; the folder of the run when one was started just now."""
    with st.container(border=True):
        st.subheader(_("Pictures"), anchor=False)
        data = data_section(settings)
    with st.container(border=True):
        st.subheader(_("Settings"), anchor=False)
        filled = _settings(settings, known, data)
    return _start(filled, data.report if data else None, settings, known)


def _settings(settings: Settings, known: list[RunInfo], data: ChosenData | None) -> _Filled:
    left, right = st.columns([3, 2], gap="large")
    with left:
        preset: Preset = st.radio(
            _("Preset"),
            list(PRESETS),
            index=list(PRESETS).index("fine-tune"),
            format_func=preset_name,
            captions=[preset_caption(preset) for preset in PRESETS],
            key="train-preset",
            persist_state="session",
        )
    with right:
        name, start = _start_from(preset, settings)
        below_start = st.empty()
        network = _network(start) if start else None
    fields = SettingFields(preset, train_start.preset_settings(preset, start or Start(None)))
    fields.place("start", below_start)
    common_settings(fields)
    votes = data is not None and (data.report.root / VOTES_FILE).is_file()
    models = [entry.name for entry in list_models(settings.models_dir)]
    all_settings(fields, votes=votes, models=models)
    model = _name(f"{preset}-{network or 'model'}", settings.models_dir, known)
    if data is None or network is None or model is None:
        return _Filled(fields, None)
    chosen = {"start": name, "network": network, "find_faces": data.find_faces}
    values = train_start.framed(fields.values, fields.defaults) | chosen
    return _Filled(fields, train_start.Choice(preset, data.report.root, model, values))


def _start_from(preset: Preset, settings: Settings) -> tuple[str, Start | None]:
    """What to start from, as the settings name it; None when it cannot be used."""
    options = train_start.offered_starts(settings.models_dir)
    chosen: str = st.selectbox(
        _("Start from"),
        options,
        index=options.index(PRESETS[preset]["start"]),
        format_func=start_name,
        key=f"train-start-{preset}",
        help=_(
            "ImageNet weights are downloaded once where they are not on this machine yet; all "
            "else works offline."
        ),
    )
    try:
        if chosen == train_start.FILE:
            text = st.text_input(
                _("Weights file"),
                key="train-start-file",
                persist_state="session",
                help=_("A .pth or .safetensors file on the machine that serves this page."),
            )
            start = train_start.typed_weights(text, data_roots(settings), settings.models_dir)
            return str(start.file), start
        if chosen == "imagenet":
            st.caption(
                _("How good models become that start from real ImageNet weights was not measured.")
            )
        return chosen, find_start(chosen, settings.models_dir)
    except EmotionError as error:
        messages.show(error)
        return chosen, None


def _network(start: Start) -> Network:
    """The network that the start brings along, or the chosen one."""
    options: list[Network] = [start.network] if start.network else list(NETWORKS)
    chosen: Network = st.selectbox(
        _("Network"),
        options,
        format_func=NETWORKS.__getitem__,
        disabled=start.network is not None,
        key=f"train-network-{start.network}",
        help=_("A model that is trained further keeps its network.") if start.network else None,
    )
    return chosen


def _name(wanted: str, models_dir: Path, known: list[RunInfo]) -> str | None:
    """The name of the new model; None when it cannot be used."""
    free = train_start.free_name(wanted, models_dir, known)
    name = st.text_input(_("Name of the new model"), free, key=f"train-name-{free}").strip()
    try:
        train_start.check_run_name(name, models_dir, known)
    except EmotionError as error:
        messages.show(error)
        return None
    return name


def _start(
    filled: _Filled, report: DataReport | None, settings: Settings, known: list[RunInfo]
) -> Path | None:
    config, reason = _checked(filled, report, settings, known)
    pressed = st.button(
        _("Start the run"),
        type="primary",
        icon=":material/play_arrow:",
        disabled=config is None,
        help=reason or None,
        key="train-start",
    )
    if config is not None and report is not None:
        _expected(config, report, known)
        _queue(known)
    if not pressed or config is None:
        return None
    try:
        return train_start.launch(config, settings.runs_dir)
    except EmotionError as error:
        messages.show(error)
        return None


def _checked(
    filled: _Filled, report: DataReport | None, settings: Settings, known: list[RunInfo]
) -> tuple[TrainConfig | None, str]:
    """The settings of the run, or why it cannot start, which is said where it can be mended."""
    if report is None:
        return None, _("Choose a folder with pictures first.")
    if filled.choice is None:
        return None, _("Correct what is marked in red first.")
    try:
        choice = filled.choice
        return train_start.checked_config(choice, report, settings.models_dir, known), ""
    except RefusedSettingsError as refused:
        named = ", ".join(filled.fields.show(refused.by_field))
        reason = _("Correct this first: {fields}.").format(fields=named)
    except EmotionError as error:
        reason = messages.sentence(error)
    st.warning(reason, icon=":material/block:")
    return None, reason


def _expected(config: TrainConfig, report: DataReport, known: list[RunInfo]) -> None:
    """How long it will take, where an earlier run tells."""
    told = estimate(config, report.total("train"), known)
    if told is not None:
        st.caption(
            _("At most {time} for the epochs, by the speed of the run {run}.").format(
                time=train_progress.duration(told.seconds, _), run=told.run
            )
        )


def _queue(known: list[RunInfo]) -> None:
    """That the run will wait, where others work or wait already."""
    before = [run.title for run in known if run.state in WORKING]
    if before:
        st.caption(
            _("One run works at a time. This one begins by itself after: {names}.").format(
                names=", ".join(reversed(before))
            )
        )
