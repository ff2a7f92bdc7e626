"""Presence: how many faces were in view, in fewer rows than frames."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("frame_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_presence_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "frame_number", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_session_id_start_s"), "presence", ["session_id", "start_s"])


def downgrade() -> None:
    op.drop_table("presence")
