"""What the emulator makes before it serves: from its options, on disk and on the network."""

import contextlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from lakepass.emulator import config_file
from lakepass.emulator.config import Config
from lakepass.emulator.gateway.hosts import Listener, listening, listening_for_https
from lakepass.emulator.gateway.refusals import Dialect
from lakepass.emulator.identity.vault import Vault
from lakepass.emulator.postgres.cluster import Cluster
from lakepass.emulator.postgres.standby import Standby


def as_config(config: Config | Path | str | None, dialect: Dialect | str | None) -> Config:
    """What the emulator contains: read from a file, if it is the name of one."""
    if isinstance(config, str | Path):
        config = config_file.read(Path(config))
    config = config or Config()
    return replace(config, dialect=Dialect(dialect)) if dialect else config


def workspace_listeners(
    stack: contextlib.ExitStack, listen: str, port: int, *, https: bool
) -> list[Listener]:
    """Where the workspace listens; the last one is what clients are given."""
    workspaces = [Listener(stack.enter_context(listening(listen, port)), [])]
    if https:
        https_socket = stack.enter_context(listening_for_https())
        workspaces.append(Listener(https_socket, [], is_https=True))
    return workspaces


def start_all(clusters: Mapping[str, Cluster], standbys: Mapping[str, Standby]) -> None:
    """Start all at once, since creating one takes a second or more; standbys are copies."""
    with ThreadPoolExecutor() as pool:
        for some in (clusters, standbys):
            list(pool.map(Cluster.start, some.values()))  # raises what a thread raised


def filled_vault(folder: Path, config: Config) -> Vault:
    """The secret scopes, with the secrets of the configuration."""
    vault = Vault(folder / "secrets.json")
    for scope, values in config.secrets.items():
        for key, value in values.items():
            vault.put(scope, key, value.encode())
    return vault
