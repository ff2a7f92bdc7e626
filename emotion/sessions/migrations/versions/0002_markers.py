"""Markers and pauses of a session; what was shown of a sample, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marker",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time_s", sa.Double(), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_marker_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_marker")),
    )
    op.create_table(
        "pause",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_pause_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_pause")),
    )
    for column in (
        sa.Column("shown", sa.String(16), nullable=False, server_default=""),
        sa.Column("reasons", sa.Text(), nullable=False, server_default=""),
        sa.Column("baseline", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("sample", column)
    # Until now the label that was shown was always an expression.
    op.execute("UPDATE sample SET shown = expression")


def downgrade() -> None:
    for name in ("baseline", "reasons", "shown"):
        op.drop_column("sample", name)
    op.drop_table("pause")
    op.drop_table("marker")
