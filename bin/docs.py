"""Writes the pages of docs/ that are made from the code."""

import json
import re
import sys
from pathlib import Path

from access import access_page
from reference import reference_page

from lakepass.diagnoses import CATALOGUE, Diagnosis
from storefront.app import create_app
from storefront.errors import every_error
from storefront.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
MADE = "<!-- Made by `make docs`; change the code instead. -->\n\n"


def settings_page() -> str:
    """Every setting of the shop, as a table."""
    rows = [
        f"| `STORE_{name.upper()}` | `{_written(field.default)}` | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            f"{MADE}# Settings of the shop",
            "",
            "Environment variables, read once at the start. Where the database is, and who",
            "the shop is there, is read by lakepass: [lakepass.md](../../lakepass/docs/lakepass.md).",
            "",
            "| variable | default | meaning |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _written(default: object) -> str:
    """A default as one would write it into the environment."""
    if isinstance(default, frozenset | tuple):
        return ",".join(map(str, sorted(default))) or "(none)"
    if default is None or default in ("", {}):
        return "(none)"
    return str(default).lower() if isinstance(default, bool) else str(default)


def problems_page() -> str:
    """Every kind of problem document that the API can answer."""
    sections = []
    for kind in every_error():
        meaning = re.sub(r"\s+", " ", kind.__doc__ or "").strip()
        sections.append(f"## {kind.slug}\n\n**{kind.status} · {kind.title}.** {meaning}")
    opening = (
        f"{MADE}# Problems the API can answer\n\nErrors are problem documents (RFC 9457, "
        "`application/problem+json`): `type` ends in one of the names below."
    )
    return "\n\n".join([opening, *sections]) + "\n"


def diagnoses_page() -> str:
    """Every diagnosis that lakepass makes."""
    opening = (
        f"{MADE}# What can be wrong, and how to fix it\n\n"
        "Every error of lakepass ends in one of these codes. `lakepass doctor` finds out which it is\n"
        "where the program runs, `lakepass explain` in an error or a log that you paste; both fill in\n"
        "what is in angle brackets where they know it. The first digit tells where the fault is:\n"
        "1 settings, 2 workspace, 3 login, 4 the way in, 5 reachability, 6 rights in the database,\n"
        "7 the Databricks App."
    )
    index = "\n".join(
        f"- [{row.code}](#{row.code.lower()}) {_prose(row.title)}" for row in CATALOGUE.values()
    )
    return "\n\n".join([opening, index, *map(_diagnosis, CATALOGUE.values())]) + "\n"


def _diagnosis(row: Diagnosis) -> str:
    parts = [f"## {row.code}\n\n**{_prose(row.title)}** {_prose(row.cause)}"]
    if row.symptom:
        seen = "\n".join(f"- `{symptom}`" for symptom in row.symptom.split("; "))
        parts.append(f"What you see:\n\n{seen}")
    parts.append(f"**Fix.** {_prose(row.fix)}")
    if row.lines:
        parts.append("\n".join(["```text", *row.lines_for({}), "```"]))
    parts.append(f"Source: {row.source}.")
    return "\n\n".join(parts)


def _prose(text: str) -> str:
    return text.replace("<", "\\<")


def openapi() -> str:
    """The API's description, as served under /openapi.json."""
    return json.dumps(create_app(Settings()).openapi(), indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write the pages into the docs of both packages, or below the folder given."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    for name, content in {
        "packages/lakepass/docs/diagnoses.md": diagnoses_page(),
        "packages/lakepass/docs/reference.md": f"{MADE}{reference_page()}",
        "packages/storefront/docs/access.md": f"{MADE}{access_page(create_app(Settings()))}",
        "packages/storefront/docs/openapi.json": openapi(),
        "packages/storefront/docs/problems.md": problems_page(),
        "packages/storefront/docs/settings.md": settings_page(),
    }.items():
        page = folder / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
