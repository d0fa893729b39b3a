"""What is passed from Python: types and characters that no variable of the environment could have.

Values are shown, and masked by the error where they look like a secret.
"""

import math
import re
from collections.abc import Mapping

from lakepass.errors import ConfigurationError

_TOKEN = re.compile(r"[!-~]+")  # visible ASCII: RFC 6750, section 2.1, allows no more
_BEARER = re.compile(r"bearer\s", re.IGNORECASE)


def refused(name: str, shown: str, wanted: str) -> ConfigurationError:
    """An argument that cannot be used. wanted: what it must be."""
    return ConfigurationError(
        f"{name} is {shown}.", code="LP-149", next_step=f"It must be {wanted}."
    )


def check_is(name: str, value: object, kind: type) -> None:
    """Raises ConfigurationError (LP-149) for another type, without showing the value."""
    if not isinstance(value, kind):
        raise refused(name, f"of type {type(value).__name__}", f"of type {kind.__name__}")


def check_texts(**values: object) -> None:
    """Raises ConfigurationError (LP-149) for what is neither None nor a text that Postgres takes."""
    for name, value in values.items():
        if value is not None and not isinstance(value, str):
            raise refused(name, repr(value), "a str, or None")
        if value is not None and "\0" in value:
            raise refused(name, repr(value), "a str without NUL characters")


def checked_environ(environ: object) -> dict[str, str]:
    """A copy of a mapping of names to texts. Raises ConfigurationError (LP-149)."""
    if not isinstance(environ, Mapping):
        raise refused("environ", f"of type {type(environ).__name__}", "a mapping of str to str")
    for name, value in environ.items():
        check_is("a name in environ", name, str)
        if value is not None:  # secrets are among them: not shown
            check_is(f"environ[{name!r}]", value, str)
    return dict(environ)


def checked_deadline_s(seconds: object) -> float:
    """A positive number of seconds. Raises ConfigurationError (LP-149)."""
    number = 0.0 if isinstance(seconds, bool) or not isinstance(seconds, int | float) else seconds
    if 0 < number < math.inf:
        return number
    raise refused("connect_deadline_s", repr(seconds), "a positive number of seconds")


def checked_token(token: object) -> str:
    """An access token without blanks around it; "" if there is none.

    Raises ConfigurationError: LP-149 for what is not a text, LP-119 for a text that is no token.
    """
    if token is not None and not isinstance(token, str):
        raise refused("access_token", f"of type {type(token).__name__}", "a str")
    bare = (token or "").strip()
    if _BEARER.match(bare):
        raise ConfigurationError(
            "The access token begins with “Bearer”, which is not part of it.",
            code="LP-119",
            next_step="Pass what follows it, as in the header X-Forwarded-Access-Token.",
        )
    if bare and not _TOKEN.fullmatch(bare):
        raise ConfigurationError(
            code="LP-119", next_step="Pass the access token without line breaks and blanks."
        )
    return bare
