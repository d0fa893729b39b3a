"""Security labels, which map roles to identities, and the provider that lets Postgres accept them.

`SECURITY LABEL FOR databricks_auth` needs a provider written in C that the server has loaded. It is
compiled when a server starts, in about 0.05 s, if this machine has a C compiler
and Postgres's headers. Without it a comment on the role has the same text: like a label it is stored
once for all databases, so a login can read it without knowing the database.
Source: PostgreSQL docs, "SECURITY LABEL".
"""

import logging
import shutil
import subprocess
from pathlib import Path
from typing import Any

import asyncpg

from lakepass.emulator.postgres.binaries import Binaries

PROVIDER = "databricks_auth"
COMMENT_PREFIX = f"{PROVIDER}: "
# The label of the role `r` of pg_authid or pg_roles, or the comment used instead of one.
LABEL_OF_R = f"""
    coalesce(
        (
            SELECT label FROM pg_shseclabel
            WHERE objoid = r.oid AND classoid = 'pg_authid'::regclass AND provider = '{PROVIDER}'
        ),
        substring(shobj_description(r.oid, 'pg_authid') FROM '^{COMMENT_PREFIX}(.*)$')
    )
"""  # noqa: S608 - constants
_SOURCE = Path(__file__).parent / "sql" / "databricks_auth.c"

log = logging.getLogger(__name__)


def compiled_provider(folder: Path, binaries: Binaries) -> Path | None:
    """The provider's library, compiled into this folder; None if that is not possible."""
    library = folder / "databricks_auth.so"
    compiler = shutil.which("cc")
    headers = binaries.headers
    if library.exists() or compiler is None or not (headers / "postgres.h").is_file():
        return library if library.exists() else None
    command = [compiler, "-shared", "-fPIC", f"-I{headers}", str(_SOURCE), "-o", str(library)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        log.info("The provider of security labels cannot be compiled: %s", done.stderr.strip())
        return None
    return library


async def tie(admin: Any, role: str, label: str) -> None:
    """Map a role (quoted) to the identity with this label."""
    try:
        async with admin.transaction():
            await admin.execute(f"SECURITY LABEL FOR {PROVIDER} ON ROLE {role} IS '{label}'")
    except asyncpg.InvalidParameterValueError:  # the provider is not loaded
        await admin.execute(f"COMMENT ON ROLE {role} IS '{COMMENT_PREFIX}{label}'")
