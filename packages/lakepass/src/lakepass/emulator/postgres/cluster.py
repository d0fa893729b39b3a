"""The embedded Postgres under the emulator: created once, started, stopped, never left behind.

Processes and files are here; roles and databases are created in `provision.py`, and `supervisor.py`
restarts a server that died.
"""

import contextlib
import errno
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from lakepass.emulator.files import disk_full, try_lock
from lakepass.emulator.postgres.binaries import EmulatorError, Runner, find_binaries, runner
from lakepass.emulator.postgres.extensions import IDENTITIES, put_in_front, setting
from lakepass.emulator.postgres.labels import compiled_provider
from lakepass.emulator.state import Identity

log = logging.getLogger(__name__)

SUPERUSER = "postgres"
# 1 CU: Databricks docs, "Manage computes" (oltp/projects/manage-computes), read 2026-11.
MAX_CONNECTIONS = 209
# The service wants 60 bits of entropy: Databricks docs, "Manage roles" (oltp/projects/manage-roles),
# read 2026-11. Assumed: letters and others and so many characters come closest. Passwords that are
# hashed already are not looked at.
SHORTEST_PASSWORD = 12
# `sun_path` holds 104 bytes on macOS and 108 on Linux, its closing zero included: unix(4), unix(7).
SOCKET_PATH_LIMIT = 103
_SOCKET_PREFIX = "lakepass-"
# How Postgres reports it: PostgreSQL, src/backend/storage/smgr/md.c, `mdextend`.
_DISK_FULL = (os.strerror(errno.ENOSPC), "Check free disk space.")
_PREDECESSOR_DEADLINE_S = 120.0
_PATIENCE_S = 20.0  # between two messages that a server is still waited for
_POLL_S = 0.005

# Postgres is a child of this small shell, not of Python. A watcher in it reads a pipe whose other
# end the emulator holds: however the emulator ends, kill -9 included, the pipe closes, the watcher
# has Postgres stopped and the shell removes what was temporary. Closing the pipe is also how `stop`
# stops it. A server that ends by itself leaves its files, so that it can be started again.
_LIFELINE = """
socket=$1 data=$2; shift 2
exec 3<&0
released=
trap 'released=1; kill -INT $server' USR1
"$@" </dev/null 3<&- & server=$!
(cat <&3 >/dev/null; kill -USR1 $$) & watcher=$!
while :; do
    wait $server; code=$?
    [ $code -gt 128 ] && kill -0 $server 2>/dev/null || break
done
kill $watcher 2>/dev/null
[ "$released" ] && rm -rf "$socket" "$data"
exit $code
"""


class Cluster:
    """One Postgres in `data`/`name`, which goes with it if it is temporary.

    The server listens on a unix socket alone, in a folder only this user can enter: that folder's
    permissions are what lets `trust` be safe. Every password is checked by the gateway in front,
    so an open TCP port here would be a way around the one thing the emulator is for.
    """

    def __init__(
        self,
        data: Path,
        identities: Iterable[Identity],
        *,
        name: str,
        temporary: bool,
        copy_of: "Cluster | None" = None,
    ) -> None:
        """copy_of: a running one whose data it begins with, instead of none."""
        self.data = data
        self.name = name
        self.identities = setting(identities)
        self.temporary = temporary
        self._copy_of = copy_of
        self.runner: Runner = runner(find_binaries())
        self._shell: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._changing = threading.RLock()  # held while the server is started or stopped

    @property
    def socket_folder(self) -> Path:
        """Where the socket is; a path short enough for one."""
        if self._folder is None:
            raise EmulatorError("The cluster is not running.")
        return self._folder

    @property
    def socket(self) -> Path:
        """The unix socket on which the server listens."""
        return self.socket_folder / ".s.PGSQL.5432"

    @property
    def files(self) -> Path:
        """The server's own data directory."""
        return self.data / self.name

    @property
    def log(self) -> Path:
        """The server's log, appended to at every start."""
        return self.data / f"{self.name}.log"

    def start(self) -> None:
        """Create the cluster if there is none, and return once it answers.

        Raises EmulatorError if the server does not come up. The folder must be `claimed`.
        """
        with self._changing:
            try:
                with self._await_predecessor() as lock:
                    if not self._is_created():
                        self._create()
                    self._run(lock)
                self._offer_extensions()
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """Stop the server (fast: sessions are ended, data is kept) and wait until it is gone."""
        with self._changing:
            shell, self._shell = self._shell, None
            if shell is not None:
                _release(shell)
                self._wait(shell)
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None

    def restart(self) -> None:
        """Stop the server (fast) and start it again, on the same files and the same socket.

        Raises EmulatorError if it does not come up again.
        """
        with self._changing:
            shell, self._shell = self._shell, None
            if shell is not None:
                os.kill(int(_pid_file(self.files)[0]), signal.SIGINT)
                self._wait(shell)
                _release(shell)
            self.start()

    def wait_for_death(self) -> int | None:
        """Wait until the server ends without being stopped, and return its exit code.

        As in a shell, the code is 128 and a signal's number if that ended it. Returns None once the
        cluster is stopped.
        """
        while True:
            with self._changing:
                shell = self._shell
            if shell is None:
                return None
            code = shell.wait()
            with self._changing:
                if self._shell is shell:  # neither stopped nor restarted meanwhile
                    self._shell = None
                    _release(shell)
                    return code

    def log_tail(self, lines: int = 5) -> str:
        """The end of the server's log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "no log"

    def _wait(self, shell: subprocess.Popen[bytes]) -> None:
        """Wait for the end as long as it takes: a busy machine or a long checkpoint is not an error."""
        while True:
            try:
                shell.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                log.warning("Postgres is still shutting down; its log is %s.", self.log)
            else:
                return

    def _is_created(self) -> bool:
        """Whether there is a cluster of this version. Raises EmulatorError if it cannot be used."""
        if not self.files.exists():
            return False
        version = self.files / "PG_VERSION"
        ours = self.runner.binaries.major
        try:
            found = version.read_text().strip()
        except FileNotFoundError:
            if not any(self.files.iterdir()):
                return False
            raise EmulatorError(
                f"{version} is missing, so {self.files} is not a Postgres data directory, or it is "
                "damaged; it was left as it is. Put the folder back from a copy, or move it away to "
                "begin with an empty database."
            ) from None
        if found != str(ours):
            raise EmulatorError(
                f"{version} says {found!r}, but this Postgres is version {ours}; the folder was left "
                "as it is. Point LAKEPASS_PG_BIN at the bin folder of that version, or choose "
                "another --data folder."
            )
        return True

    def _libraries(self) -> list[str]:
        """What the server loads at its start."""
        found = ["pg_stat_statements"]
        if any(self.runner.binaries.libraries.glob("passwordcheck.*")):
            found.append("passwordcheck")
        provider = compiled_provider(self.socket_folder, self.runner.binaries)
        return [*found, f'"{provider}"'] if provider else found

    @property
    def _searches_for_extensions(self) -> bool:
        return self.runner.binaries.major >= 18

    def _offer_extensions(self) -> None:
        """Put Lakebase's own extensions in front of Postgres's, where the server can look there.

        Before 18 it cannot: `provision.py` creates `vector` instead, and `databricks_auth` is
        missing.
        """
        if self._searches_for_extensions:
            original = self.runner.binaries.share / "extension"
            put_in_front(self.socket_folder / "extension", original=original)

    def _await_predecessor(self) -> IO[str]:
        """Return the server's own lock, once the server of an emulator that was killed has released it.

        The server inherits it, with all its processes, so it is free when the last of them is gone
        and not, as postmaster.pid, a moment before. The folder's lock is ours, so whoever still runs
        on these files has lost its emulator, and is sent the signal to stop once more.
        """
        lock = (self.data / f"{self.name}.lock").open("w")
        deadline = time.monotonic() + _PREDECESSOR_DEADLINE_S
        left = _pid_file(self.files)
        if not try_lock(lock):
            if left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(left[0]), signal.SIGINT)
            log.info("Waiting for an earlier Postgres on %s to end.", self.files)
            while not try_lock(lock):
                if time.monotonic() > deadline:
                    lock.close()
                    raise EmulatorError(f"An earlier Postgres still runs on {self.files}; stop it.")
                time.sleep(_POLL_S)
        for folder in left[4:5]:  # the socket's
            if Path(folder).name.startswith(_SOCKET_PREFIX) and Path(folder) != self._folder:
                shutil.rmtree(folder, ignore_errors=True)
        # Left by a crash. By now its number may be another program's, which Postgres would take
        # for itself and refuse to start.
        (self.files / "postmaster.pid").unlink(missing_ok=True)
        return lock

    def _create(self) -> None:
        """Run initdb beside the final place, so that a half-made cluster is never taken for one."""
        half_made = self.data / f"{self.name}.new"
        shutil.rmtree(half_made, ignore_errors=True)
        self._hand_over(half_made)
        arguments = ["-D", str(half_made), "-U", SUPERUSER]
        if self.temporary:
            arguments.append("--no-sync")
        if self._copy_of:
            program = "pg_basebackup"
            arguments += ["-h", str(self._copy_of.socket_folder), "-p", "5432"]
            arguments.append("--checkpoint=fast")
        else:
            program = "initdb"
            arguments += ["--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(
            self.runner.command(program, *arguments),
            capture_output=True,
            text=True,
            check=False,
            **self.runner.popen,
        )
        if done.returncode != 0:
            raise self._failed("The database could not be created", done.stderr.strip())
        half_made.rename(self.files)

    def _hand_over(self, folder: Path) -> None:
        """Make a folder for the user that Postgres runs as, and see that it can be reached."""
        folder.mkdir(mode=0o700)
        if not self.runner.popen:
            return
        self.data.chmod(0o711)  # to be passed through; the secrets in it are closed one by one
        shutil.chown(folder, self.runner.popen["user"], self.runner.popen["group"])
        reached = subprocess.run(["test", "-w", folder], check=False, **self.runner.popen)
        if reached.returncode != 0:
            raise EmulatorError(
                f"Run as root without user namespaces, Postgres runs as `nobody`, which cannot "
                f"reach {folder}. Choose a --data folder outside closed folders, or another user."
            )

    def _run(self, lock: IO[str]) -> None:
        if self._folder is None:  # else this is a restart: clients know the socket's path
            self._folder = _short_folder()
            if self.runner.popen:
                shutil.chown(self._folder, self.runner.popen["user"], self.runner.popen["group"])
        settings: dict[str, Any] = {
            "listen_addresses": "",
            "port": 5432,  # names the socket; PGPORT of whoever starts us would name another
            "unix_socket_directories": self._folder,
            "unix_socket_permissions": "0700",
            "max_connections": MAX_CONNECTIONS,
            # Databricks docs, "Logical replication" (oltp/projects/logical-replication-publication).
            "wal_level": "logical",
            "shared_preload_libraries": ",".join(self._libraries()),
            "passwordcheck.min_password_length": SHORTEST_PASSWORD,
            IDENTITIES: self.identities,
        }
        if self._searches_for_extensions:
            settings["extension_control_path"] = f"{self._folder}:$system"
        if self.temporary:  # nothing to lose: the files go when the server does
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = self.runner.command("postgres", "-D", str(self.files), *options)
        doomed = [str(self._folder), str(self.data) if self.temporary else ""]
        self.log.touch(mode=0o600)
        with self.log.open("ab") as output:
            self._shell = subprocess.Popen(
                ["/bin/sh", "-c", _LIFELINE, "lakepass-postgres", *doomed, *server],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=[lock.fileno()],
                start_new_session=True,  # Ctrl-C in a terminal is for the emulator, not for Postgres
                **self.runner.popen,
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        """Wait as long as the server lives: after a crash it may have much to recover."""
        assert self._shell is not None
        said = time.monotonic()
        while self._shell.poll() is None:
            if _pid_file(self.files)[-1:] == ["ready"]:
                return
            if time.monotonic() > said + _PATIENCE_S:
                said = time.monotonic()
                log.warning("Postgres is still starting; its log is %s.", self.log)
            time.sleep(_POLL_S)
        raise self._failed("Postgres did not start; the end of its log", f"\n{self.log_tail()}")

    def _failed(self, what: str, reason: str) -> EmulatorError:
        """The error for a program of Postgres's that failed."""
        if any(text in reason for text in _DISK_FULL):
            return disk_full(self.files)
        return EmulatorError(f"{what}: {reason}")


def _release(shell: subprocess.Popen[bytes]) -> None:
    """Close the shell's end of the pipe: what still runs of it ends, and lets go of the lock."""
    assert shell.stdin is not None
    shell.stdin.close()


def _short_folder() -> Path:
    """A new folder, closed to others, whose path leaves room for a socket's name."""
    room = SOCKET_PATH_LIMIT - len(f"/{_SOCKET_PREFIX}12345678/.s.PGSQL.5432")
    parent = tempfile.gettempdir() if len(tempfile.gettempdir()) <= room else "/tmp"  # noqa: S108 - mkdtemp makes the name and closes it
    return Path(tempfile.mkdtemp(prefix=_SOCKET_PREFIX, dir=parent))


def _pid_file(files: Path) -> list[str]:
    """The lines of postmaster.pid, stripped; its eighth and last is the state of the server.

    Source: PostgreSQL, `src/include/utils/pidfile.h`.
    """
    try:
        return [line.strip() for line in (files / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []
