"""Codes of gift cards: 16 letters of Crockford's base 32, in groups of four. Pure.

No letters that look like digits; 80 bits, so a code cannot be guessed.
"""

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 16


def new_code() -> str:
    """A random code, without groups."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def code_of(digest: str) -> str:
    """The code derived from a keyed digest of 64 hex digits, so that it need not be stored."""
    number = int(digest, 16)
    return in_groups("".join(_ALPHABET[number >> 5 * n & 31] for n in range(_LENGTH)))


def in_groups(code: str) -> str:
    """The code formatted for people."""
    return "-".join(code[n : n + 4] for n in range(0, _LENGTH, 4))
