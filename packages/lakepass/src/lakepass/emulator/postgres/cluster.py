"""The embedded Postgres of the emulator: created once, started, stopped, never left running.

Processes and files are managed here; `provision.py` creates roles and databases, and `supervisor.py`
restarts a server that died.
"""

import contextlib
import errno
import logging
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from lakepass.emulator.files import disk_full, try_lock
from lakepass.emulator.postgres.binaries import EmulatorError, Runner, find_binaries, runner
from lakepass.emulator.postgres.extensions import IDENTITIES, put_in_front, setting
from lakepass.emulator.postgres.labels import compiled_provider
from lakepass.emulator.postgres.lifeline import (
    LIFELINE,
    SOCKET_PREFIX,
    pid_file,
    release,
    short_folder,
)
from lakepass.emulator.state import Identity

log = logging.getLogger(__name__)

SUPERUSER = "postgres"
# 1 CU: Databricks docs, "Manage computes" (oltp/projects/manage-computes), read 2026-11.
MAX_CONNECTIONS = 209
# The service requires 60 bits of entropy: Databricks docs, "Manage roles" (oltp/projects/manage-roles),
# read 2026-11. Assumed: letters and others and this many characters come closest. Passwords that are
# hashed already are not checked.
SHORTEST_PASSWORD = 12
# How Postgres reports it: PostgreSQL, src/backend/storage/smgr/md.c, `mdextend`.
_DISK_FULL = (os.strerror(errno.ENOSPC), "Check free disk space.")
_KEPT_WAL = "512MB"
_PREDECESSOR_DEADLINE_S = 120.0
_PATIENCE_S = 20.0  # between two messages while waiting for a server
_POLL_S = 0.005


class Cluster:
    """One Postgres in `data`/`name`; the folder is deleted with it if it is temporary.

    The server listens only on a unix socket, in a folder that only this user can enter: that folder's
    permissions are what makes `trust` safe. Every password is checked by the gateway in front,
    so an open TCP port here would bypass exactly what the emulator is for.
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
        """copy_of: a running cluster whose data it starts with; None: it starts empty."""
        self.data = data
        self.name = name
        self.identities = setting(identities)
        self.temporary = temporary
        self._copy_of = copy_of
        self.runner: Runner = runner(find_binaries())
        self.keeps_wal = False  # for a standby that is away for a while
        self._shell: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._changing = threading.RLock()  # held while the server is started or stopped
        self._resumed = threading.Event()  # cleared while it is halted
        self._resumed.set()

    @property
    def socket_folder(self) -> Path:
        """The folder of the socket; its path is short enough for one."""
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
        """The server's log; every start appends to it."""
        return self.data / f"{self.name}.log"

    @property
    def has_run(self) -> bool:
        """Whether it was started and not stopped since; it may be halted."""
        return self._folder is not None

    @property
    def is_halted(self) -> bool:
        """Whether `halt` stopped it and nothing started it since."""
        return not self._resumed.is_set()

    def start(self) -> None:
        """Create the cluster if there is none, and return once it accepts connections.

        Raises EmulatorError if the server does not come up. The folder must be `claimed`.
        """
        with self._changing:
            try:
                with self._await_predecessor() as lock:
                    if not self._is_created():
                        self._create()
                    self._run(lock)
                self._offer_extensions()
                self._resumed.set()
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """Stop the server and wait until it has exited. Sessions are ended; data is saved, unless it is
        temporary."""
        with self._changing:
            shell, self._shell = self._shell, None
            if shell is not None:
                release(shell)
                self._wait(shell)
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None
            self._resumed.set()

    def halt(self) -> None:
        """Stop the server (fast) until `start`, which brings it back at the same socket."""
        with self._changing:
            self._resumed.clear()
            shell, self._shell = self._shell, None
            if shell is not None:
                os.kill(int(pid_file(self.files)[0]), signal.SIGINT)
                self._wait(shell)
                release(shell)

    def restart(self) -> None:
        """Stop the server (fast) and start it again, with the same files and the same socket.

        Raises EmulatorError if it does not start again.
        """
        with self._changing:
            self.halt()
            self.start()

    def wait_for_death(self) -> int | None:
        """Wait until the server ends without being stopped, and return its exit code.

        As in a shell, the code is 128 plus the number of the signal that ended it. Returns None once the
        cluster is stopped.
        """
        while True:
            self._resumed.wait()
            with self._changing:
                shell = self._shell
                if shell is None and self.is_halted:
                    continue
            if shell is None:
                return None
            code = shell.wait()
            with self._changing:
                if self._shell is shell:  # neither stopped nor restarted in the meantime
                    self._shell = None
                    release(shell)
                    return code

    def log_tail(self, lines: int = 5) -> str:
        """The end of the server's log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "no log"

    def _wait(self, shell: subprocess.Popen[bytes]) -> None:
        """Wait for the exit without a limit: a busy machine or a long checkpoint is not an error."""
        while True:
            try:
                shell.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                log.warning("Postgres is still shutting down; its log is %s.", self.log)
            else:
                return

    def _is_created(self) -> bool:
        """Whether a cluster of this version exists. Raises EmulatorError if it is unusable."""
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
                "damaged; it was not changed. Restore the folder from a copy, or move it away to "
                "start with an empty database."
            ) from None
        if found != str(ours):
            raise EmulatorError(
                f"{version} says {found!r}, but this Postgres is version {ours}; the folder was not "
                "changed. Point LAKEPASS_PG_BIN at the bin folder of that version, or choose "
                "another --data folder."
            )
        return True

    def _libraries(self) -> list[str]:
        """The libraries that the server preloads."""
        found = ["pg_stat_statements"]
        if any(self.runner.binaries.libraries.glob("passwordcheck.*")):
            found.append("passwordcheck")
        provider = compiled_provider(self.socket_folder, self.runner.binaries)
        return [*found, f'"{provider}"'] if provider else found

    @property
    def _searches_for_extensions(self) -> bool:
        return self.runner.binaries.major >= 18

    def _offer_extensions(self) -> None:
        """Put Lakebase's own extensions before Postgres's, where the server supports a search path.

        Before version 18 it does not: `provision.py` creates `vector` instead, and `databricks_auth` is
        missing.
        """
        if self._searches_for_extensions:
            original = self.runner.binaries.share / "extension"
            put_in_front(self.socket_folder / "extension", original=original)

    def _await_predecessor(self) -> IO[str]:
        """Return the server's own lock, once the server of a killed emulator has released it.

        The server and all its processes inherit it, so it is free when the last of them has exited,
        whereas postmaster.pid disappears a moment before. We hold the folder's lock, so a server that
        still uses these files has lost its emulator; it is sent the signal to stop once more.
        """
        lock = (self.data / f"{self.name}.lock").open("w")
        deadline = time.monotonic() + _PREDECESSOR_DEADLINE_S
        left = pid_file(self.files)
        if not try_lock(lock):
            if left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(left[0]), signal.SIGINT)
            log.info("Waiting for an earlier Postgres on %s to end.", self.files)
            while not try_lock(lock):
                if time.monotonic() > deadline:
                    lock.close()
                    raise EmulatorError(f"An earlier Postgres still uses {self.files}; stop it.")
                time.sleep(_POLL_S)
        for folder in left[4:5]:  # the socket's
            if Path(folder).name.startswith(SOCKET_PREFIX) and Path(folder) != self._folder:
                shutil.rmtree(folder, ignore_errors=True)
        # Left by a crash. By now its pid may belong to another program, which Postgres would mistake
        # for itself and refuse to start.
        (self.files / "postmaster.pid").unlink(missing_ok=True)
        return lock

    def _create(self) -> None:
        """Run initdb beside the final place: a partial cluster must never look complete."""
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
        """Give a folder to the user that Postgres runs as, and check that the user can reach it."""
        folder.mkdir(mode=0o700)
        if not self.runner.popen:
            return
        self.data.chmod(0o711)  # others may pass through; each secret file in it is closed to them
        shutil.chown(folder, self.runner.popen["user"], self.runner.popen["group"])
        reached = subprocess.run(["test", "-w", folder], check=False, **self.runner.popen)
        if reached.returncode != 0:
            raise EmulatorError(
                f"Run as root without user namespaces, Postgres runs as `nobody`, which cannot "
                f"reach {folder}. Choose a --data folder that others can enter, or run as another user."
            )

    def _run(self, lock: IO[str]) -> None:
        if self._folder is None:  # else this is a restart: clients know the socket's path
            self._folder = short_folder()
            if self.runner.popen:
                shutil.chown(self._folder, self.runner.popen["user"], self.runner.popen["group"])
        settings = self._settings()
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = self.runner.command("postgres", "-D", str(self.files), *options)
        doomed = [str(self._folder), self._doomed]
        self.log.touch(mode=0o600)
        with self.log.open("ab") as output:
            self._shell = subprocess.Popen(
                ["/bin/sh", "-c", LIFELINE, "lakepass-postgres", *doomed, *server],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=[lock.fileno()],
                start_new_session=True,  # Ctrl-C in a terminal is for the emulator, not for Postgres
                **self.runner.popen,
            )
        self._wait_until_ready()

    @property
    def _doomed(self) -> str:
        """What goes with the server, however it ends; empty for nothing."""
        return str(self.data) if self.temporary else ""

    def _settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "listen_addresses": "",
            "port": 5432,  # part of the socket's name; PGPORT in our environment would change it
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
        if self.temporary:  # durability is not needed: the files are deleted with the server
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        if self.keeps_wal:
            settings["wal_keep_size"] = _KEPT_WAL
        return settings

    def _wait_until_ready(self) -> None:
        """Wait as long as the server lives: recovery after a crash may take long."""
        assert self._shell is not None
        warned_at = time.monotonic()
        while self._shell.poll() is None:
            if pid_file(self.files)[-1:] == ["ready"]:
                return
            if time.monotonic() > warned_at + _PATIENCE_S:
                warned_at = time.monotonic()
                log.warning("Postgres is still starting; its log is %s.", self.log)
            time.sleep(_POLL_S)
        raise self._failed("Postgres did not start; end of its log", f"\n{self.log_tail()}")

    def _failed(self, what: str, reason: str) -> EmulatorError:
        """The error for a Postgres program that failed."""
        if any(text in reason for text in _DISK_FULL):
            return disk_full(self.files)
        return EmulatorError(f"{what}: {reason}")
