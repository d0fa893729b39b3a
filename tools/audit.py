"""`make audit`: secrets in the checkout, the parts of the deployed app, what is known against them.

Secrets: detect-secrets over the files that git has; `.secrets.baseline` lists what looks like one and
is none, as in tests, and which detectors run.

Parts: a CycloneDX document in dist/, of the packages that requirements.txt installs and of the copies
in the shop's static files.

Advisories: `uv audit` asks OSV about uv.lock; skipped with a message where that cannot be reached.

`--quick`, for `make check`, reads the files of the last commit and what was changed since, and asks
nobody.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BILL = ROOT / "dist" / "storefront.cdx.json"
_BASELINE = ".secrets.baseline"
_NOTHING, _ONLY_MOVED = 0, 3  # exit codes of detect-secrets-hook
_LARGEST_BYTES = 100_000
_STATIC = ROOT / "packages/storefront/src/storefront/web/static"
_PAPER_FONTS = ROOT / "packages/storefront/src/storefront/returns/fonts"
_EXTRAS = ("demo", "otel", "photo")  # as `make requirements` has them
_UNREACHABLE = re.compile(r"error sending request|dns error|timed out|connection refused", re.I)


def program(name: str) -> str:
    """A program of this environment."""
    return str(Path(sys.executable).with_name(name))


def secrets_found(files: list[str], baseline: Path = ROOT / _BASELINE) -> list[str]:
    """What looks like a secret in these files and is not in the baseline, a line each.

    The hook writes new line numbers into its baseline where text has moved, so it gets a copy.
    """
    hook = program("detect-secrets-hook")
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(baseline, folder)
        done = subprocess.run(
            [hook, "--baseline", copy, "--no-verify", "--json", *files],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode in (_NOTHING, _ONLY_MOVED):
        return []
    try:
        results: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)["results"]
    except (ValueError, KeyError):
        return [f"detect-secrets failed: {(done.stderr or done.stdout).strip()}"]
    return [
        f"{file}:{one['line_number']}: {one['type']}" for file in results for one in results[file]
    ]


def files(*, is_quick: bool) -> list[str]:
    """The files that git has, but for large ones, which are data; quick: those changed lately."""
    everything = ["ls-files", "-z"]
    commands = [everything]
    if is_quick:
        untracked = [*everything, "--others", "--exclude-standard"]
        commands = [["diff", "--name-only", "-z", "--diff-filter=d", "HEAD~1"], untracked]
    listed = [
        subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=False)
        for command in commands
    ]
    if any(one.returncode for one in listed):  # no clone, or one without history
        return [] if is_quick else _files_without_git()
    names = {name for one in listed for name in one.stdout.split("\0") if name}
    return sorted(name for name in names if _is_read(ROOT / name))


def _files_without_git() -> list[str]:
    hidden_or_made = re.compile(r"(^|/)(\.|dist/|__pycache__)")
    names = (str(file.relative_to(ROOT)) for file in ROOT.rglob("*"))
    return sorted(
        name for name in names if not hidden_or_made.search(name) and _is_read(ROOT / name)
    )


def _is_read(file: Path) -> bool:
    return file.is_file() and file.stat().st_size < _LARGEST_BYTES


def bill_of_materials() -> dict[str, Any]:
    """The parts of the deployed app, as CycloneDX."""
    extras = [word for extra in _EXTRAS for word in ("--extra", extra)]
    command = ["export", "--frozen", "--quiet", "--no-dev", "--package", "storefront", *extras]
    done = subprocess.run(
        [program("uv"), *command, "--format", "cyclonedx1.5", "--preview"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    bill: dict[str, Any] = json.loads(done.stdout)
    bill["components"] += copies()
    return bill


def copies() -> list[dict[str, Any]]:
    """What the shop serves that others made, and that no package manager knows."""
    htmx = _STATIC / "htmx/htmx.min.js"
    [version] = re.findall(r'version:"([\d.]+)"', htmx.read_text(encoding="utf-8"))
    fonts = [*sorted((_STATIC / "fonts").glob("*.woff2")), *sorted(_PAPER_FONTS.glob("*.ttf"))]
    return [
        {"version": version, "purl": f"pkg:npm/htmx.org@{version}"} | _copy("htmx.org", htmx),
        *(_copy(font.stem, font) for font in fonts),
    ]


def _copy(name: str, file: Path) -> dict[str, Any]:
    kind = "library" if file.suffix == ".js" else "file"
    digest = sha256(file.read_bytes()).hexdigest()
    return {
        "type": kind,
        "bom-ref": f"copy-{name}",
        "name": name,
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }


def advisories() -> tuple[list[str], str]:
    """What is known against the locked packages, and why nothing could be asked, if so."""
    done = subprocess.run(
        [program("uv"), "audit", "--frozen", "--preview"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return [], ""
    said = (done.stdout + done.stderr).strip()
    if _UNREACHABLE.search(said):
        return [], "the database of advisories (api.osv.dev) cannot be reached from here"
    return said.splitlines(), ""


def main(argv: list[str] | None = None) -> int:
    """Exit code 0 if nothing was found."""
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="read only files changed lately, and ask no database"
    )
    options = parser.parse_args(argv)
    read = files(is_quick=options.quick)
    found = secrets_found(read) if read else []
    for line in found:
        print(f"✗  {line}")
    if found:
        print(
            "   Remove it and revoke it. If it is no secret: "
            f"detect-secrets scan --no-verify --baseline {_BASELINE}, and look at what changed."
        )
    else:
        print(f"✓  No secrets in {len(read)} files.")
    BILL.parent.mkdir(exist_ok=True)
    bill = bill_of_materials()
    BILL.write_text(json.dumps(bill, indent=1), encoding="utf-8")
    print(f"✓  {len(bill['components'])} parts in {BILL.relative_to(ROOT)}.")
    if options.quick:
        return 1 if found else 0
    known, skipped = advisories()
    for line in known:
        print(f"✗  {line}" if line else "")
    if skipped:
        print(f"-  Advisories: skipped, since {skipped}.")
    elif not known:
        print("✓  No known advisories.")
    return 1 if found or known else 0


if __name__ == "__main__":
    sys.exit(main())
