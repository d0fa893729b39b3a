"""The addresses of the hosts: one port for all, on `localhost` and on loopback addresses.

The service distinguishes hosts by name (SNI), all at port 5432, which some clients cannot
change. Names such as x.localhost do not resolve everywhere, so here the first host is
`localhost`, and every further one is an address: 127.0.0.2, 127.0.0.3 and so on at the same port,
which Linux has by default and macOS after `ifconfig lo0 alias`. A host with a configured name
shares the first one's socket and is distinguished by SNI only; its users must make the name
resolve to 127.0.0.1.
"""

import contextlib
import errno
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_address

from lakepass.emulator.config import Config, Way
from lakepass.emulator.postgres.binaries import EmulatorError

LOOPBACK = "127.0.0.1"
HTTPS_PORT = 443
LOCALHOST = "localhost"
_NETWORK = "127.0.0."
_HTTPS_NETWORK = "127.0.1."
# How many free ports are tried, in case one that is free at LOOPBACK is taken at another address.
_LAST_PORT = 65_535
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Host:
    """A name or address, and its port."""

    name: str
    port: int

    def __str__(self) -> str:
        return f"{self.name}:{self.port}"

    @property
    def needs_sni(self) -> bool:
        """Whether the client must send SNI. Clients send none for addresses (RFC 6066)."""
        try:
            ip_address(self.name)
        except ValueError:
            return True
        return False


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening socket, and the hosts behind it, which SNI selects.

    is_https: it serves the workspace over TLS.
    """

    sock: socket.socket
    ways: list[tuple[str, Way]]
    is_https: bool = False

    @property
    def port(self) -> int:
        """The port of the socket."""
        number: int = self.sock.getsockname()[1]
        return number

    @property
    def url(self) -> str:
        """Its HTTP URL on this machine."""
        address = ip_address(self.sock.getsockname()[0])
        if self.is_https:
            return f"https://{address}"
        return f"http://{LOOPBACK if address.is_unspecified else address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Listeners:
    """All listeners. hosts: by the name of the compute; kinds of host without one are not offered.

    left_out: hosts that this machine has no address for.
    """

    all: list[Listener]
    hosts: dict[str, dict[Way, Host]]
    left_out: list[str] = field(default_factory=list)


def check_reach(address: str, *, open_to_network: bool) -> None:
    """Raise EmulatorError unless the address is loopback or `open_to_network` is set.

    A single option is easily set by mistake or copied, and then anyone who can reach the machine may
    try a real Postgres, whose secrets are printed in a terminal, and a workspace without TLS.
    """
    try:
        is_loopback = IPv4Address(address).is_loopback
    except ValueError as error:
        raise EmulatorError(f"{address} is not an IPv4 address that can be listened on.") from error
    if not (is_loopback or open_to_network):
        raise EmulatorError(
            f"{address} is not loopback: others could reach this Postgres, and its workspace, which "
            "has no TLS. If that is intended, add --open-to-network."
        )


@contextlib.contextmanager
def opened(config: Config, listen: str, port: int) -> Iterator[Listeners]:
    """Listening sockets for all hosts of a config. port: shared by all of them; 0: any free port.

    listen: instead of LOOPBACK. Hosts with an address of their own stay on loopback.
    Raises EmulatorError if the port is taken at one of the addresses.
    """
    for tries_left in reversed(range(_TRIES)):
        with contextlib.ExitStack() as stack:
            try:
                listeners = _opened(config, listen, port, stack)
            except PortTaken:
                if port or not tries_left:
                    raise
                continue
            yield listeners
            return


def _opened(config: Config, listen: str, port: int, stack: contextlib.ExitStack) -> Listeners:
    made = Listeners(all=[], hosts={name: {} for name in config.computes})

    def listener(address: str, number: int, way: tuple[str, Way]) -> Listener:
        made.all.append(Listener(stack.enter_context(listening(address, number)), [way]))
        return made.all[-1]

    def host_of_its_own(port: int, at: tuple[str, Way]) -> Host | None:
        """A host at the next loopback address; None if this machine has no further one."""
        try:
            address = next(addresses)
            return Host(address, listener(address, port, at).port)
        except (AddressMissing, StopIteration):
            if at[1] is not Way.WRITE:
                return None
            # A host at another port is better than none.
            return Host(name, listener(listen, 0, at).port)

    name = LOCALHOST if listen in (LOOPBACK, "0.0.0.0") else listen  # noqa: S104 - compared
    addresses = _addresses(listen)
    first: Listener | None = None
    for at, own_name in _ways(config):
        compute_name, way = at
        if first is None:
            first = listener(listen, port, at)
            host: Host | None = Host(own_name or name, first.port)
        elif own_name:
            first.ways.append(at)
            host = Host(own_name, first.port)
        else:
            host = host_of_its_own(first.port, at)
        if host is None:
            made.left_out.append(f"{way.value} of {compute_name}")
        else:
            made.hosts[compute_name][way] = host
    return made


def _ways(config: Config) -> Iterator[tuple[tuple[str, Way], str | None]]:
    """Each host of each compute, with the name that the configuration gives it."""
    for compute_name, compute in config.computes.items():
        for way, own_name in compute.hosts.items():
            yield (compute_name, way), own_name


def further(listeners: Listeners, compute: str, ways: Mapping[Way, str | None]) -> list[Listener]:
    """Listening sockets for the hosts of one more compute, at the port of the others.

    A host without an address is skipped, except the read-write one, which then gets another port.
    Raises EmulatorError if no port is free for that one either.
    """
    first = listeners.all[0]
    address = ip_address(first.sock.getsockname()[0])
    taken = {host.name for hosts in listeners.hosts.values() for host in hosts.values()}
    free = [one for one in _addresses(str(address)) if one not in taken]
    made = []
    listeners.hosts[compute] = {}
    for way in ways:
        name, sock = "", None
        while free and sock is None:
            name = free.pop(0)
            with contextlib.suppress(AddressMissing, PortTaken):
                sock = listening(name, first.port)
        if sock is None:
            if way is not Way.WRITE:
                continue
            name, sock = LOCALHOST, listening(LOOPBACK, 0)
        made.append(Listener(sock, [(compute, way)]))
        listeners.hosts[compute][way] = Host(name, made[-1].port)
    listeners.all.extend(made)
    return made


def _addresses(listen: str) -> Iterator[str]:
    """The loopback addresses for hosts beyond the first."""
    if ip_address(listen).is_unspecified:  # it takes that port at every address
        return
    for number in range(2, 255):
        if listen != f"{_NETWORK}{number}":
            yield f"{_NETWORK}{number}"


@contextlib.contextmanager
def workspace_listeners(listen: str, port: int, *, https: bool) -> Iterator[list[Listener]]:
    """Listening sockets for the workspace; the last one is that of its URL."""
    with contextlib.ExitStack() as stack:
        listeners = [Listener(stack.enter_context(listening(listen, port)), [])]
        if https:
            https_socket = stack.enter_context(_listening_for_https())
            listeners.append(Listener(https_socket, [], is_https=True))
        yield listeners


def _listening_for_https() -> socket.socket:
    """A socket at port 443 of an unused loopback address.

    Some SDKs take only the host name from DATABRICKS_HOST and always use HTTPS at its default port.
    Raises EmulatorError if this process may not bind the port, or no address is free.
    """
    for number in range(1, 255):
        try:
            return listening(f"{_HTTPS_NETWORK}{number}", HTTPS_PORT)
        except PortTaken as error:
            if isinstance(error.__cause__, PermissionError):
                raise EmulatorError(
                    f"This process may not listen on port {HTTPS_PORT}. Run as root, or allow it "
                    f"with `sudo sysctl net.ipv4.ip_unprivileged_port_start={HTTPS_PORT}`."
                ) from error
    raise EmulatorError(
        f"Port {HTTPS_PORT} is in use on all addresses from {_HTTPS_NETWORK}1 to 254."
    )


class AddressMissing(EmulatorError):
    """This machine has no address for a host."""


class PortTaken(EmulatorError):
    """Another program uses the port."""


def listening(address: str, port: int) -> socket.socket:
    """A bound socket, so that the port is reserved before anything else starts."""
    if not 0 <= port <= _LAST_PORT:
        raise EmulatorError(
            f"{port} is no port: ports are 1 to {_LAST_PORT}, and 0 is any free one."
        )
    # The protocol is explicit: asyncio disables Nagle's algorithm only for sockets that state it.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(128)  # otherwise a second emulator could bind the same port
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise AddressMissing(
                f"This machine has no address {address}. On macOS, add it with "
                f"`sudo ifconfig lo0 alias {address}`."
            ) from error
        raise PortTaken(
            f"Port {port} cannot be used at {address} ({error.strerror}). Stop the program that "
            "listens there, choose another port, or omit the option to use any free one."
        ) from error
    return listener
