"""A migration may not break the code that still runs, nor lock a table that people use.

During a deployment the old code serves on the new schema (docs/decisions/0013). Squawk knows which
statements rewrite or lock a table, or take away what the old code reads.
"""

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory

from storefront import migrations, schema

# Those before the first deployment of a shop with customers: nobody was served meanwhile.
_BEFORE_THE_FIRST_SHOP = 17

# What `migrations/env.py` sets for every migration.
_SESSION = "set lock_timeout = '5s';\nset statement_timeout = '600s';\n"

_NOT_HERE = (
    "prefer-identity",  # Alembic writes both forms; ours are identities already
    "prefer-robust-stmts",  # all of them run in one transaction, so none is left half done
    "prefer-text-field",
    "prefer-bigint-over-int",  # counts of pieces and minutes
)

SCRIPTS = [
    script
    for script in ScriptDirectory.from_config(migrations.alembic_config()).walk_revisions()
    if int(script.revision) > _BEFORE_THE_FIRST_SHOP
]


def sql_of(script: Script) -> str:
    """The statements that a migration sends."""
    written = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written}
    )
    with Operations.context(context):
        script.module.upgrade()
    return _SESSION + written.getvalue()


def squawk(sql: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "migration.sql"
    file.write_text(sql, encoding="utf-8")
    program = shutil.which("squawk", path=str(Path(sys.executable).parent))
    assert program is not None, "make setup installs squawk"
    options = ["--pg-version=16", "--assume-in-transaction", f"--exclude={','.join(_NOT_HERE)}"]
    return subprocess.run([program, *options, file], capture_output=True, text=True, check=False)


def test_files_are_named_by_the_revisions_that_alembic_finds_in_them() -> None:
    scripts = ScriptDirectory.from_config(migrations.alembic_config()).walk_revisions()
    assert schema.revisions() == tuple(script.revision for script in scripts)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: f"{script.revision}")
def test_a_migration_neither_locks_nor_breaks_a_shop_that_is_open(
    script: Script, tmp_path: Path
) -> None:
    told = squawk(sql_of(script), tmp_path)
    assert told.returncode == 0, f"{script.path}\n{told.stdout}"


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("alter table shop.orders drop column note", "ban-drop-column"),
        ("alter table shop.orders rename column note to remark", "renaming-column"),
        ("alter table shop.orders alter column note set not null", "adding-not-nullable-field"),
        ("alter table shop.orders alter column total type numeric", "changing-column-type"),
        ("create index orders_note_idx on shop.orders (note)", "require-concurrent-index-creation"),
        ("alter table shop.orders add check (total > 0)", "constraint-missing-not-valid"),
    ],
)
def test_the_check_refuses_what_would(statement: str, rule: str, tmp_path: Path) -> None:
    told = squawk(f"{_SESSION}{statement};", tmp_path)
    assert told.returncode == 1
    assert rule in told.stdout
