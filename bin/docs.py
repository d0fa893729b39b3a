"""Writes the pages of docs/ that are made from the code: settings, problems, the API's description."""

import json
import re
import sys
from pathlib import Path

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
            "the shop is there, is read by lakepass: [lakepass.md](lakepass.md).",
            "",
            "| variable | default | meaning |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _written(default: object) -> str:
    """A default as one would write it into the environment."""
    if isinstance(default, frozenset):
        return ",".join(sorted(default)) or "(nobody)"
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


def openapi() -> str:
    """The API's description, as served under /openapi.json."""
    return json.dumps(create_app(Settings()).openapi(), indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write the pages into docs/, or into the folder given."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    for name, content in {
        "settings.md": settings_page(),
        "problems.md": problems_page(),
        "openapi.json": openapi(),
    }.items():
        (folder / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
