"""The tree of errors, and the masking of secrets in every message.

    LakepassError
    ├─ ConfigurationError           a setting is missing or wrong; found before connecting
    ├─ CredentialError
    │  ├─ CredentialDenied          the workspace denied access: unknown identity, or no permission
    │  └─ CredentialUnavailable     the workspace cannot be reached, or fails        (retryable)
    └─ ConnectError                 the database cannot be used as configured
       ├─ LoginRejected             Postgres rejected the credential or the role
       └─ DatabaseUnavailable       refused, interrupted, asleep, too many connections (retryable)

`retryable`: the same call may succeed later, without a change. By the time an error is raised, Lakepass
has already retried.
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
    r"|(?<=://)[^/\s:]*:[^/\s]+(?=@)"  # user:password in a URL, up to the last @
    r"|(?<=Bearer )[^\s'\"]{8,}"
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Mask the given secrets, and what looks like a token, in a text from elsewhere."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, MASK)
    return _SECRET_SHAPES.sub(MASK, text)


def harmless(error: BaseException, secrets: Iterable[str] = ()) -> BaseException:
    """The error itself if it and its causes print no secret; otherwise a replacement that masks them.

    A chained cause is printed with every traceback, so masking our own message is not enough. Attributes
    and frames are removed too, since error reporting tools send them.
    """
    secrets = tuple(secrets)
    is_harmless = True
    for link in _chain(error):
        printed = f"{link} {link!r}"
        is_harmless = is_harmless and redact(printed, secrets) == printed
        _clear(link, secrets)
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


def _clear(error: BaseException, secrets: Iterable[str]) -> None:
    """Remove the connection, request or frame that the error came from: it holds the password."""
    error.__traceback__ = None
    for name, value in list(vars(error).items()):
        if isinstance(value, str):
            setattr(error, name, redact(value, secrets))
        elif not isinstance(value, int | float):
            setattr(error, name, None)


class MaskedCause(Exception):
    """Replaces an error of a library whose message contains a secret."""


class LakepassError(Exception):
    """Base class of the errors of this library.

    code: stable, such as "LP-101", and listed in docs/diagnoses.md. happened, next_step: what is wrong
    and what to do; by default from the catalogue of diagnoses. facts: details, without secrets.
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
        from lakepass.diagnoses import CATALOGUE  # noqa: PLC0415 - large, and needed for errors only

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
        # By default keyword-only arguments are lost when copying and pickling.
        again = functools.partial(
            type(self),
            code=self.code,
            next_step=self.next_step,
            facts=self.facts,
            retry_after_s=self.retry_after_s,
        )
        return again, (self.happened,)


class ConfigurationError(LakepassError):
    """A setting is missing, malformed, or contradicts another. Only a change fixes it."""


class CredentialError(LakepassError):
    """No password is available."""


class CredentialDenied(CredentialError):
    """The workspace denied access: the identity is unknown, or may not use this database."""


class CredentialUnavailable(CredentialError):
    """No credential is valid, and none could be minted before the deadline. Try again later."""

    retryable = True


class ConnectError(LakepassError):
    """The database cannot be reached or used as configured (TLS, its name, the network's rules)."""


class LoginRejected(ConnectError):
    """Postgres rejected the role or its credential, and a fresh credential did not help."""


class DatabaseUnavailable(ConnectError):
    """No connection before the deadline: asleep, restarting, full or unreachable."""

    retryable = True
