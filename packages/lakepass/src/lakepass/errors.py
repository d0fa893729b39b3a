"""What can go wrong, as one tree; and the masking of secrets in every text that leaves here.

    LakepassError
    ├─ ConfigurationError           said before anything is tried: a setting is missing or wrong
    ├─ CredentialError
    │  ├─ CredentialDenied          the workspace said no: this identity may not use this database
    │  └─ CredentialUnavailable     the workspace cannot be reached, or fails        (retryable)
    └─ ConnectError                 the database cannot be used as configured
       ├─ LoginRejected             Postgres refused the credential or the role
       └─ DatabaseUnavailable       refused, cut off, asleep, too many connections   (retryable)

`retryable` tells whether the same call may succeed later with nothing changed. Lakepass itself has
already retried what it may by the time an error is raised.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar

MASK = "[secret]"

_SECRET_SHAPES = re.compile(
    r"eyJ[\w-]{6,}(?:\.[\w-]+)*"  # a JWT: base64url of '{"…'
    r"|\bdapi[\w-]{6,}"  # a personal access token
    r"|\bdose[0-9a-f]{6,}"  # a service principal's OAuth secret
    r"|(?<=://)[^/\s@]*:[^/\s@]+(?=@)"  # user:password in a URL
    r"|(?<=Bearer )[^\s'\"]{8,}"
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Mask what looks like a token, and the given secrets, in a text of someone else's making."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, MASK)
    return _SECRET_SHAPES.sub(MASK, text)


def harmless(error: BaseException, secrets: Iterable[str] = ()) -> BaseException:
    """The error itself if it and its causes print no secret; else a stand-in that masks them.

    A chained cause is printed with every traceback, so masking our own text is not enough. What is
    not printed goes too: tools that report errors send attributes and the frames' variables along.
    """
    secrets = tuple(secrets)
    is_harmless = True
    for link in _chain(error):
        printed = f"{link} {link!r}"
        is_harmless = is_harmless and redact(printed, secrets) == printed
        _let_go(link, secrets)
    if is_harmless:
        return error
    return MaskedCause(f"{type(error).__name__}: {redact(str(error), secrets)}")


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:  # chains can be circular
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _let_go(error: BaseException, secrets: Iterable[str]) -> None:
    """Of the connection, request or frame that the error came from: the password is in it."""
    error.__traceback__ = None
    for name, value in list(vars(error).items()):
        if isinstance(value, str):
            setattr(error, name, redact(value, secrets))
        elif not isinstance(value, int | float):
            setattr(error, name, None)


class MaskedCause(Exception):
    """Stands in for a library's error whose text held a secret."""


class LakepassError(Exception):
    """Base of everything this library raises on purpose.

    code: stable, such as "LP-101", and listed in docs/diagnoses.md. happened, next_step: what is
    wrong and what to do; the catalogue's words for the code where none are given. facts: what was
    seen, without secrets.
    """

    retryable: ClassVar[bool] = False

    def __init__(
        self,
        happened: str = "",
        *,
        code: str,
        next_step: str = "",
        facts: Mapping[str, object] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        from lakepass.diagnoses import CATALOGUE  # noqa: PLC0415 - many words, needed for errors only

        self.happened = redact(happened or CATALOGUE[code].title)
        self.code = code
        self.next_step = next_step or CATALOGUE[code].fix
        self.facts = {
            name: redact(fact) if isinstance(fact, str) else fact
            for name, fact in (facts or {}).items()
        }
        self.retry_after_s = retry_after_s
        super().__init__(self.happened)

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={fact}" for name, fact in self.facts.items())
        return f"{self.happened}{f' ({facts})' if facts else ''} {self.next_step} [{self.code}]"

    def __reduce__(self) -> tuple[Callable[..., "LakepassError"], tuple[str]]:
        # Keyword-only arguments are lost by the default; copying and pickling need them.
        again = functools.partial(
            type(self),
            code=self.code,
            next_step=self.next_step,
            facts=self.facts,
            retry_after_s=self.retry_after_s,
        )
        return again, (self.happened,)


class ConfigurationError(LakepassError):
    """A setting is missing, malformed, or contradicts another. Nothing heals it but a change."""


class CredentialError(LakepassError):
    """No password could be had."""


class CredentialDenied(CredentialError):
    """The workspace refused: the identity is unknown, or may not use this database."""


class CredentialUnavailable(CredentialError):
    """No credential lives, and none could be minted before the deadline. Try again later."""

    retryable = True


class ConnectError(LakepassError):
    """The database cannot be reached or used as configured (TLS, its name, the network's rules)."""


class LoginRejected(ConnectError):
    """Postgres refused the role or its credential, and a fresh credential did not help."""


class DatabaseUnavailable(ConnectError):
    """No connection before the deadline: asleep, restarting, full or unreachable."""

    retryable = True
