"""Addresses as redirects store them: checked, and written in one way. Pure.

An address is a path of this shop, percent-encoded, with a query string where that matters. A target can
therefore never lead to another site, however it is written: ``//host``, ``/\\host`` and the like are
refused (OWASP, "Unvalidated Redirects and Forwards Cheat Sheet").
"""

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

MOST_CHARACTERS = 1_000
_PATTERN = re.compile(r"\(\.[*+]|\*$")  # as other programs have them
_SAFE = "/-._~!$&'()*+,;=:@"  # of a path (RFC 3986, 3.3)
# Programs ask there, or staff; they get their own answers.
_RESERVED = ("/admin", "/api/", "/health", "/images/", "/metrics", "/ready", "/static/")


class BadAddressError(ValueError):
    """The address cannot be used in a redirect; the message says why."""


def source_of(typed: str) -> str:
    """An old address, as it is stored. The host of a whole URL is dropped: it was that of this shop.

    Raises BadAddressError.
    """
    path, query = _parts(typed, may_have_host=True)
    if _PATTERN.search(typed.strip()):
        raise BadAddressError("Patterns are not followed: enter each address by itself.")
    if path == "/":
        raise BadAddressError("The front page cannot be redirected.")
    if is_reserved(path):
        raise BadAddressError(f"Addresses below {path.split('/')[1]} cannot be redirected.")
    return joined(path, query)


def target_of(typed: str, *, host: str) -> str:
    """A new address, as it is stored. host: of this shop, which a whole URL may name.

    Raises BadAddressError.
    """
    text = typed.strip()
    if _split_url(text).netloc.lower() == host.lower():
        text = text.partition("://")[2].partition("/")[2]
        text = f"/{text}"
    if "#" in text:
        raise BadAddressError("Leave out the part after #.")
    path, query = _parts(text, may_have_host=False)
    return joined(path, query)


def is_reserved(path: str) -> bool:
    """Whether redirects are never looked up for this path."""
    return path.startswith(_RESERVED)


def candidates(path: str, query: str, *, prefix: str) -> list[str]:
    """The addresses under which a request may be redirected, the most specific first.

    path: decoded, as the request has it. prefix: of the language, such as ``/de``.
    """
    paths = [path, path.removeprefix(prefix)] if prefix else [path]
    found: list[str] = []
    for one in paths:
        encoded = quote(one.rstrip("/") or "/", safe=_SAFE)
        found += [joined(encoded, normal_query(query)), encoded]
    return list(dict.fromkeys(found))


def split(address: str) -> tuple[str, str]:
    """The path and the query string of a stored address."""
    path, _mark, query = address.partition("?")
    return path, query


def joined(path: str, query: str) -> str:
    """An address of a path and a query string, which may be empty."""
    return f"{path}?{query}" if query else path


def with_query(target: str, query: str) -> str:
    """A target that keeps the query string of the request, after its own."""
    path, own = split(target)
    return joined(path, "&".join(filter(None, (own, query))))


def normal_query(query: str) -> str:
    """A query string, written in one way."""
    return urlencode(parse_qsl(query, keep_blank_values=True))


def _split_url(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError as error:
        raise BadAddressError("This is not an address.") from error


def _parts(typed: str, *, may_have_host: bool) -> tuple[str, str]:
    text = typed.strip()
    if not text:
        raise BadAddressError("Please fill this in.")
    if len(text) > MOST_CHARACTERS:
        raise BadAddressError(f"Please use at most {MOST_CHARACTERS} characters.")
    parts = _split_url(text)
    if parts.scheme or parts.netloc:
        is_whole = parts.scheme in ("http", "https") and parts.netloc
        if not (may_have_host and is_whole):
            raise BadAddressError("Enter an address of this shop that begins with one /.")
    path = unquote(parts.path) or ("/" if parts.netloc else "")
    is_path = path.startswith("/") and not (path.startswith("//") or text.startswith("//"))
    if not is_path or "\\" in text or any(not one.isprintable() for one in text + path):
        raise BadAddressError("Enter an address of this shop that begins with one /.")
    if {".", ".."} & set(path.split("/")) or "\\" in path:
        raise BadAddressError("An address has no . or .. between its slashes.")
    return quote(path.rstrip("/") or "/", safe=_SAFE), normal_query(parts.query)
