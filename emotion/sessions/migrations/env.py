"""Alembic's environment. It runs on the connection of `emotion.sessions.migrate`.

It configures no logging: that is the app's matter.
"""

from alembic import context

from emotion.sessions.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
