"""Sessions, their frames, tracks and samples."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEYS = ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("app_version", sa.String(32), nullable=False),
        sa.Column("owner_host", sa.String(255), nullable=False),
        sa.Column("owner_pid", sa.Integer(), nullable=False),
        sa.Column("owner_started", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "state IN ('recording', 'ended', 'interrupted')", name=op.f("ck_session_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_session_started_at"), "session", ["started_at"])
    op.create_table(
        "track",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_track_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_track")),
    )
    op.create_table(
        "frame",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time_s", sa.Double(), nullable=False),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("processing_ms", sa.REAL(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_frame_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_frame")),
    )
    op.create_table(
        "sample",
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("frame_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("track_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("expression", sa.String(16), nullable=False),
        sa.Column("confidence", sa.REAL(), nullable=False),
        *(sa.Column(f"p_{key}", sa.REAL(), nullable=False) for key in KEYS),
        sa.Column("score", sa.REAL(), nullable=False),
        sa.Column("face_width_px", sa.REAL(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id", "frame_number"],
            ["frame.session_id", "frame.number"],
            name=op.f("fk_sample_frame"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "track_number"],
            ["track.session_id", "track.number"],
            name=op.f("fk_sample_track"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "session_id", "frame_number", "track_number", name=op.f("pk_sample")
        ),
    )
    op.create_index(
        op.f("ix_sample_session_id_track_number_frame_number"),
        "sample",
        ["session_id", "track_number", "frame_number"],
    )


def downgrade() -> None:
    for table in ("sample", "frame", "track", "session"):
        op.drop_table(table)
