"""`lakepass fault`: injects faults into a running local Lakebase, and clears them, over HTTP.

The list of faults comes from the emulator. Exit codes: 0 done, 1 no emulator responds, 2 usage error.
"""

import argparse
import difflib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from lakepass.commands.connect import without_traceback
from lakepass.target.settings import process_environment

FAULT = """\
Inject faults into a running local Lakebase, or clear them. It is found by DATABRICKS_HOST, as
`lakepass emulator` prints it, or by --workspace. Arguments are given by name or in order.

    lakepass fault --list                        all faults, and which are active
    lakepass fault expire-tokens
    lakepass fault sleep wake_s=2                scaled to zero; the next login wakes it
    lakepass fault fail-credentials 429 retry_after_s=5 count=3
    lakepass fault clear                         clear all faults
    lakepass fault clear sleep
"""

_PATH = "/lakepass/faults"
_DEADLINE_S = 30.0


class _Failure(Exception):
    """A message for standard error, and the exit code."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Emulator:
    """The local Lakebase at this address."""

    url: str

    def ask(self, method: str, path: str, content: object = None) -> list[dict[str, Any]]:
        """Send a request; returns all faults. Raises _Failure."""
        import http.client  # noqa: PLC0415 - slow to load, and no other command needs it

        parts = urlsplit(self.url)
        # Not urllib: it would use a proxy from the environment.
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        connection = kind(parts.hostname or "", parts.port, timeout=_DEADLINE_S)
        sent = None if content is None else json.dumps(content)
        try:
            connection.request(method, path, sent, {"Content-Type": "application/json"})
            response = connection.getresponse()
            body = json.loads(response.read())
            if response.status == 400:
                raise _Failure(body["message"], 2)
            faults: list[dict[str, Any]] = body["faults"]
        except (OSError, http.client.HTTPException) as error:
            raise _Failure(
                f"No local Lakebase responds at {self.url} ({error}). Start one with `lakepass "
                "emulator` and export what it prints, or name it with --workspace.",
                1,
            ) from error
        except (ValueError, LookupError, TypeError) as error:
            raise _Failure(
                f"The server at {self.url} is not a local Lakebase with faults.", 1
            ) from error
        finally:
            connection.close()
        return faults


def declare_fault(parser: argparse.ArgumentParser) -> None:
    """Options of `lakepass fault`."""
    parser.usage = (
        "lakepass fault NAME [ARGUMENT ...]\n       lakepass fault clear [NAME]\n"
        "       lakepass fault --list [--json]"
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a fault, or `clear`")
    parser.add_argument("arguments", nargs="*", metavar="ARGUMENT", help="name=value, or a value")
    parser.add_argument("--list", action="store_true", help="list all faults, and which are active")
    parser.add_argument("--json", action="store_true", help='print JSON: {"faults": [...]}')
    parser.add_argument(
        "--workspace", metavar="URL", help="where the emulator is (default: DATABRICKS_HOST)"
    )


@without_traceback
def fault(options: argparse.Namespace) -> int:
    """Cause, clear or list faults."""
    try:
        faults = _done(options)
    except _Failure as failure:
        print(f"lakepass: {failure}", file=sys.stderr)
        return failure.code
    if options.json:
        print(json.dumps({"faults": faults}))
    elif options.list or options.name is None:
        print("\n".join(_row(one) for one in faults))
    else:
        active = [_shown(one) for one in faults if one["in_force"] is not None]
        print(f"Active: {', '.join(active) or 'none'}.")
    return 0


def _done(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Do what the options say; returns all faults. Raises _Failure."""
    emulator = _emulator(options.workspace)
    faults = emulator.ask("GET", _PATH)
    if options.list or options.name is None:
        return faults
    known = {one["name"]: one for one in faults}
    if options.name == "clear":
        names = [_known(name, known)["name"] for name in options.arguments] or [""]
        for name in names:
            faults = emulator.ask("DELETE", f"{_PATH}/{name}".rstrip("/"))
        return faults
    wanted = _known(options.name, known)
    arguments = _named(wanted, options.arguments)
    return emulator.ask("POST", _PATH, {"name": wanted["name"], "arguments": arguments})


def _emulator(named: str | None) -> _Emulator:
    """The emulator to use. Raises _Failure, also for a workspace that is not on this machine."""
    url = named or process_environment().get("DATABRICKS_HOST")
    if not url:
        raise _Failure(
            "No local Lakebase is named. Export what `lakepass emulator` prints, or name it with "
            "--workspace http://127.0.0.1:PORT.",
            2,
        )
    address = url if "://" in url else f"http://{url}"
    if not _is_on_this_machine(urlsplit(address).hostname or ""):
        raise _Failure(f"{url} is not on this machine: faults are for a local Lakebase.", 2)
    return _Emulator(address)


def _is_on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _known(name: str, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The fault of this name. Raises _Failure, with similar names."""
    dashed = name.replace("_", "-")
    if dashed not in known:
        like = difflib.get_close_matches(dashed, known, cutoff=0.5)
        hint = f"Did you mean {' or '.join(like)}? " if like else ""
        raise _Failure(f"There is no fault {name}. {hint}`lakepass fault --list` shows all.", 2)
    return known[dashed]


def _named(wanted: dict[str, Any], words: Sequence[str]) -> dict[str, str]:
    """Words as arguments, each by name. Raises _Failure if there are more than it takes."""
    names = [one["name"] for one in wanted["arguments"]]
    arguments: dict[str, str] = {}
    for position, word in enumerate(words):
        name, is_named, value = word.partition("=")
        if not is_named:
            if position >= len(names):
                takes = f"its arguments are {', '.join(names)}" if names else "it takes none"
                raise _Failure(f"{wanted['name']}: unexpected argument {word}; {takes}.", 2)
            name, value = names[position], word
        arguments[name] = value
    return arguments


def _row(one: dict[str, Any]) -> str:
    """A fault as the list shows it."""
    arguments = " ".join(
        f"[{argument['name']}]" if "default" in argument else argument["name"].upper()
        for argument in one["arguments"]
    )
    state = "" if one["in_force"] is None else "   (active)"
    first = one["help"].splitlines()[0]
    return f"{one['name']} {arguments}".rstrip() + f"{state}\n    {first}"


def _shown(one: dict[str, Any]) -> str:
    """An active fault, with its arguments."""
    return " ".join([one["name"], *(f"{key}={value}" for key, value in one["in_force"].items())])
