"""Extensions placed before Postgres's own, so that those of Lakebase can be created as in the service.

`databricks_auth` is ours. Others are marked trusted, so that anyone who may create in a database may
create them; `pgcrypto` and `uuid-ossp` have stand-ins in SQL where Postgres was built without them; and
creating an extension that is missing here reports that.

Only Postgres 18 and newer have a search path for extensions (`extension_control_path`).
Source: Databricks docs, "Postgres extensions" (oltp/projects/extensions) for the list, "Postgres roles"
(oltp/projects/postgres-roles) for `databricks_auth`; PostgreSQL docs, "Packaging Related Objects into an
Extension", for the files.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from lakepass.emulator.postgres.labels import COMMENT_PREFIX
from lakepass.emulator.state import Identity

# A server setting that tells `databricks_create_role` which identities exist.
IDENTITIES = "databricks.identities"

# Not trusted by Postgres, but offered by the service. Assumed: all except autoinc, bloom,
# pg_stat_statements and vector.
_TRUSTED = (
    "autoinc",
    "bloom",
    "earthdistance",
    "insert_username",
    "intagg",
    "moddatetime",
    "pg_prewarm",
    "pg_stat_statements",
    "pgrowlocks",
    "pgstattuple",
    "refint",
    "vector",
)
# What the service grants with them: Databricks docs, "Manage database permissions"
# (oltp/projects/manage-roles-permissions).
_GRANTS = {
    "pg_stat_statements": "GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO databricks_superuser;"
}
_STAND_INS = {
    "databricks_auth": "1.0",
    "pgcrypto": "1.4",
    "uuid-ossp": "1.1",
}
# The service has them, but no package bundles them with Postgres for a laptop.
_ABSENT = (
    "address_standardizer",
    "address_standardizer_data_us",
    "hll",
    "lakebase_text",
    "lakebase_tokenizer",
    "lakebase_vector",
    "pg_graphql",
    "pg_hint_plan",
    "pgrouting",
    "postgis",
)
_CONTROL = """\
comment = '{comment}'
default_version = '{version}'
relocatable = false
trusted = true
"""
_REFUSAL = """\
DO $$ BEGIN RAISE feature_not_supported USING
    MESSAGE = 'extension "{name}" is left out of the local Lakebase',
    HINT = 'A workspace has it. Point LAKEPASS_PG_BIN at a Postgres that has it, or skip what needs it.';
END $$;
"""
_SQL = Path(__file__).parent / "sql"


def put_in_front(folder: Path, *, original: Path) -> None:
    """Write the files into a folder. original: the folder of Postgres's own extensions."""
    folder.mkdir(exist_ok=True)  # it exists when the server is restarted
    for name in _TRUSTED:
        if (original / f"{name}.control").is_file():
            _trust(name, folder, original)
    for name, version in _STAND_INS.items():
        if not (original / f"{name}.control").is_file():
            _write(folder, name, version, "a stand-in in SQL", _stand_in(name))
    for name in _ABSENT:
        if not (original / f"{name}.control").is_file():
            _write(folder, name, "0", "left out of the local Lakebase", _REFUSAL.format(name=name))


def _trust(name: str, folder: Path, original: Path) -> None:
    """A second control file that adds `trusted`: anyone who may create in a database may create it."""
    control = (original / f"{name}.control").read_text()
    grants = _GRANTS.get(name)
    if grants is None:
        control += f"directory = '{original}'\n"
    else:
        for script in original.glob(f"{name}--*.sql"):
            (folder / script.name).write_text(script.read_text())
        version = re.search(r"default_version = '(.*)'", control)
        assert version is not None
        for script in folder.glob(f"{name}--*--{version[1]}.sql"):
            script.write_text(f"{script.read_text()}\n{grants}\n")
    (folder / f"{name}.control").write_text(f"{control}\ntrusted = true\n")


def _stand_in(name: str) -> str:
    texts = [(_SQL / "sha1.sql").read_text()] if name != "databricks_auth" else []
    script = "\n".join([*texts, (_SQL / f"{name}.sql").read_text()])
    # Each extension has its own function: two of them in one schema would share a name.
    script = script.replace("@sha1@", f"lakepass_sha1_of_{name.replace('-', '_')}")
    return script.replace("@identities@", IDENTITIES).replace("@prefix@", COMMENT_PREFIX)


def _write(folder: Path, name: str, version: str, comment: str, script: str) -> None:
    (folder / f"{name}.control").write_text(_CONTROL.format(comment=comment, version=version))
    (folder / f"{name}--{version}.sql").write_text(script)


def setting(identities: Iterable[Identity]) -> str:
    """The value of IDENTITIES."""
    known = [{"id": one.id, "name": one.name, "type": one.type.value} for one in identities]
    return json.dumps(known)
