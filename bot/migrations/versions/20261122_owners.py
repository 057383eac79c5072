"""Whose an article is, by account: articles begun in the studio held the name of their author.

A name that two accounts have, or none, stays: nobody can say whose it is.
"""

from __future__ import annotations

from alembic import op

revision = "20261122_0016"
down_revision = "20261122_0015"
branch_labels = None
depends_on = None

NAMED = "SELECT {what} FROM accounts WHERE accounts.display_name = articles.owner"


def upgrade() -> None:
    op.execute(
        f"UPDATE articles SET owner = ({NAMED.format(what='min(id)')}) "  # noqa: S608 (fixed words)
        f"WHERE owner <> '' AND ({NAMED.format(what='count(*)')}) = 1"
    )


def downgrade() -> None:
    """The previous release reads ids too: its lists and its reminders look for them."""
