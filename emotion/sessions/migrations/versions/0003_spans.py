"""Spans: samples in fewer rows; names of faces, and which of them are one person."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEYS = ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")


def upgrade() -> None:
    op.create_table(
        "span",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("track_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("frame_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(16), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("confidence", sa.REAL(), nullable=False),
        *(sa.Column(f"p_{key}", sa.REAL(), nullable=False) for key in KEYS),
        sa.Column("baseline", sa.REAL(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id", "track_number"],
            ["track.session_id", "track.number"],
            name=op.f("fk_span_track"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "session_id", "track_number", "frame_number", name=op.f("pk_span")
        ),
    )
    op.create_index(op.f("ix_span_session_id_start_s"), "span", ["session_id", "start_s"])
    op.create_index(op.f("ix_frame_session_id_time_s"), "frame", ["session_id", "time_s"])
    op.add_column("track", sa.Column("name", sa.String(200), nullable=False, server_default=""))
    op.add_column("track", sa.Column("same_as", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("track", "same_as")
    op.drop_column("track", "name")
    op.drop_index(op.f("ix_frame_session_id_time_s"), "frame")
    op.drop_table("span")
