"""Faults of single variables: used by libpq only, or by nothing."""

from lakepass.diagnoses.diagnosis import Diagnosis

_LIBPQ = "PostgreSQL documentation, “Environment Variables”"

ROWS = (
    Diagnosis(
        "LP-151",
        "A variable that only libpq reads makes the login fail.",
        "psql, psycopg and others read every variable of libpq, even if your program never "
        "mentions it; asyncpg and JDBC do not.",
        "Unset the variable.",
        ("unset PGSERVICE PGHOSTADDR PGOPTIONS",),
        symptom='definition of service "…" not found',
        source=_LIBPQ,
    ),
    Diagnosis(
        "LP-152",
        "A variable is set, but nothing reads it.",
        "Its name looks like a setting, but neither lakepass nor a driver reads it.",
        "Set the variable that is read, or unset this one.",
        source="Lakepass",
    ),
)
