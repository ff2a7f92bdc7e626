"""What is done with all sessions: import one, back up and restore, delete old ones."""

from datetime import tzinfo
from typing import Final

import streamlit as st

from emotion.errors import SessionError
from emotion.report.words import local_time
from emotion.sessions.store import SessionStore
from emotion.settings import load_settings
from emotion.ui import messages
from emotion.ui.analysis_backup import backup_view
from emotion.ui.analysis_import import import_view
from emotion.ui.analysis_words import plain
from emotion.ui.language import translate as _

_DAYS: Final = 90
_MOST_NAMED: Final = 10


def keep_view(store: SessionStore, zone: tzinfo, slot: str) -> None:
    """Folded away until it is wanted; `slot` as in `import_view`."""
    with st.expander(_("Import, back up, delete old sessions"), icon=":material/inventory_2:"):
        bring, keep, forget = st.tabs([_("Import"), _("Backup"), _("Delete old sessions")])
        with bring:
            import_view(store, slot)
        with keep:
            backup_view(store, zone)
        with forget:
            _forget(store, zone)


def _forget(store: SessionStore, zone: tzinfo) -> None:
    st.write(keeping(load_settings().keep_days))
    days = st.number_input(
        _("Delete sessions that ended more than so many days ago"), min_value=0, value=_DAYS
    )
    old = store.older_than(days)
    if not old:
        st.info(_("No session is that old."), icon=":material/info:")
        return
    with st.popover(
        _("Delete {n} sessions").format(n=len(old)),
        icon=":material/delete:",
        key=f"delete-old {[info.id for info in old]}",
    ):
        lines = [
            f"- {plain(info.name)} · {local_time(info.started_at, zone)}"
            for info in old[:_MOST_NAMED]
        ]
        if len(old) > _MOST_NAMED:
            lines.append("- " + _("and {n} more").format(n=len(old) - _MOST_NAMED))
        st.write(_("These are deleted for ever, from the file as well:"))
        st.markdown("\n".join(lines))
        if not st.button(_("Delete for ever"), type="primary", key="delete-old-now"):
            return
        try:
            store.delete(*(info.id for info in old))
        except SessionError as error:
            messages.show(error)
        else:
            st.rerun()


def keeping(keep_days: int | None) -> str:
    """For how long sessions are kept, in words."""
    if keep_days is None:
        return _(
            "Sessions are kept until you delete them. Start the server with "
            "SEMBLANTE_KEEP_DAYS=90, for example, and older ones are deleted by themselves."
        )
    return _(
        "Sessions are kept for {n} days and then deleted by themselves (SEMBLANTE_KEEP_DAYS)."
    ).format(n=keep_days)
