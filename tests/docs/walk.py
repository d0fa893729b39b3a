"""Reads the blocks of a page and does what they say, as a newcomer would: in order, in one shell."""

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_IN_A_WORKSPACE = "# in a workspace\n"
_END = "@@ the command ended with"


@dataclass(frozen=True)
class Step:
    """Something to do. command: for the shell. expected: what it prints, `…` standing for anything."""

    command: str
    expected: str
    in_a_workspace: bool = False


def steps_of(page: Path) -> Iterator[Step]:
    """The steps of a page, in its order."""
    blocks = _BLOCK.findall(page.read_text(encoding="utf-8"))
    for index, (language, text) in enumerate(blocks):
        if language == "python":
            after, printed = blocks[index + 1] if index + 1 < len(blocks) else ("", "")
            yield Step(f"python - <<'END'\n{text}END", printed if after == "text" else "")
        elif language == "console":
            yield from _console(text)


def _console(text: str) -> Iterator[Step]:
    """`$` begins a command, `>` goes on with it; the lines below are what it prints."""
    in_a_workspace = text.startswith(_IN_A_WORKSPACE)
    for part in re.split(r"^\$ ", text.removeprefix(_IN_A_WORKSPACE), flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        more = 1
        while more < len(lines) and lines[more].startswith("> "):
            more += 1
        command = "".join(line.removeprefix("> ") for line in lines[:more])
        yield Step(command.rstrip(), "".join(lines[more:]), in_a_workspace)


class Shell:
    """A shell that remembers what was exported."""

    def __init__(self, *, cwd: Path, environ: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=cwd, env=environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def __enter__(self) -> "Shell":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate()

    def run(self, command: str) -> tuple[int, str]:
        """Its exit code, and what it printed on both channels."""
        assert self._process.stdin
        assert self._process.stdout
        # The command reads nothing of what follows it here.
        self._process.stdin.write(f"{{ {command}\n}} </dev/null\necho '{_END}' $?\n")
        self._process.stdin.flush()
        printed: list[str] = []
        for line in self._process.stdout:
            before, end, code = line.partition(_END)
            printed.append(before)
            if end:
                return int(code), "".join(printed)
        raise AssertionError(f"the shell ended: {''.join(printed)}")


def walk(page: Path, shell: Shell, *, in_a_workspace: Callable[[str], None]) -> int:
    """Do all that a page says and compare what is printed. Returns how many commands were run.

    in_a_workspace: plays the part of the workspace for a command that is not run.
    """
    count = 0
    for step in steps_of(page):
        if step.in_a_workspace:
            in_a_workspace(step.command)
            continue
        code, printed = shell.run(step.command)
        assert code == 0, f"$ {step.command}\n{printed}"
        wanted = ".*".join(map(re.escape, step.expected.split("…")))
        assert re.fullmatch(wanted, printed, re.DOTALL), (
            f"$ {step.command}\nprinted\n{printed}\nand the page has\n{step.expected}"
        )
        count += 1
    return count
