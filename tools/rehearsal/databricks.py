"""The command `databricks` of a rehearsal: passes its arguments to tools/rehearsal/workspace.py.

Prints what that answers. Needs nothing but Python.
"""

import json
import os
import sys
import urllib.request


def main() -> int:
    """The exit code of the command."""
    asked = {
        "argv": sys.argv[1:],
        "stdin": "" if sys.stdin.isatty() else sys.stdin.read(),
        "cwd": os.getcwd(),  # noqa: PTH109 - a start without pathlib is quicker
        "env": {
            name: value for name, value in os.environ.items() if name.startswith("DATABRICKS_")
        },
    }
    request = urllib.request.Request(  # noqa: S310 - of this machine
        os.environ["REHEARSAL_WORKSPACE"], json.dumps(asked).encode(), method="POST"
    )
    with urllib.request.urlopen(request) as response:  # noqa: S310
        answer = json.load(response)
    sys.stdout.write(answer["out"])
    sys.stderr.write(answer["err"])
    return int(answer["code"])


if __name__ == "__main__":
    sys.exit(main())
