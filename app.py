"""Semblante: `streamlit run app.py`. Navigation, page config and language."""

import streamlit as st

from emotion.settings import load_settings
from emotion.ui import resources
from emotion.ui.language import language_switch
from emotion.ui.language import translate as _
from emotion.ui.messages import stop_on_error
from emotion.ui.shell import go_on

st.set_page_config(page_title="Semblante", page_icon="assets/icon.png", layout="wide")
pages = [
    st.Page("pages/live.py", title=_("Live"), icon=":material/videocam:", default=True),
    st.Page("pages/train.py", title=_("Train"), icon=":material/school:"),
    st.Page("pages/analysis.py", title=_("Analysis"), icon=":material/monitoring:"),
]
page = st.navigation(pages)
go_on()
with st.sidebar:
    language_switch()
with stop_on_error():
    load_settings()
    resources.forget_old_sessions()
page.run()
