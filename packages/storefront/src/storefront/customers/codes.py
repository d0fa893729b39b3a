"""One-time codes for signing in: made of their id and a secret key, so that no table or job holds one.

Pure. A digest is keyed (``Signer.digest``): without the key a code can be neither made nor checked.
"""

import hmac
from collections.abc import Callable
from ipaddress import ip_address, ip_network

Digest = Callable[[str], str]
"""Makes a keyed digest, 64 hex digits, of a text."""


def code_of(digest: Digest, code_id: int, email: str) -> str:
    """The code of this id: six digits."""
    return f"{int(digest(f'code {code_id} {email}'), 16) % 1_000_000:06}"


def hash_of(digest: Digest, code_id: int, code: str) -> str:
    """What is stored of a code, to check what is typed."""
    return digest(f"hash {code_id} {code}")


def is_code(digest: Digest, code_id: int, typed: str, stored: str) -> bool:
    """Whether this was typed for that hash; takes equally long for every wrong code."""
    return hmac.compare_digest(hash_of(digest, code_id, typed), stored)


def network_of(address: str) -> str:
    """What requests are counted by: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ip_network(f"{found}/64", strict=False))
