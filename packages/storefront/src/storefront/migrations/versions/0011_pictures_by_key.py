"""Pictures are found by key; indexes and a kind of search terms that nothing reads are dropped."""

from collections.abc import Sequence

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Each process reads the terms as a whole: nothing looks for one of them in the database.
_UNREAD = {
    "search_terms_like_idx": "using gin (term gin_trgm_ops)",
    "search_terms_prefix_idx": "(term text_pattern_ops)",
}


def _allow_kinds(kinds: str) -> None:
    op.execute("alter table shop.search_terms drop constraint search_terms_kind_known")
    op.execute(
        f"alter table shop.search_terms add constraint search_terms_kind_known check (kind in ({kinds}))"
    )


def upgrade() -> None:
    op.execute("create index media_key_idx on shop.media (key)")
    for name in _UNREAD:
        op.execute(f"drop index shop.{name}")
    op.execute("delete from shop.search_terms where kind = 'product'")
    _allow_kinds("'word', 'brand', 'category', 'colour'")


def downgrade() -> None:
    _allow_kinds("'word', 'brand', 'category', 'colour', 'product'")
    for name, columns in _UNREAD.items():
        op.execute(f"create index {name} on shop.search_terms {columns}")
    op.execute("drop index shop.media_key_idx")
