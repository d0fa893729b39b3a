"""What no honest client sends is refused in words or not answered; nothing is left of it.

`python -m bench.fuzz` does the same with a million inputs.
"""

import base64
import json
import math
import subprocess
import sys
import time
from typing import Any

import pytest

from lakepass.emulator import Emulator
from lakepass.emulator.gateway.wire import startup_parameters
from lakepass.emulator.identity.tokens import Flaw, SigningKey, TokenRefused, Tokens


def test_a_gateway_takes_anything() -> None:
    """In a process of its own: it counts open files and what is logged, whoever opens or logs it."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.fuzz", "1", "4000", "200"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "4,000 inputs in process" in done.stdout
    assert "200 connections" in done.stdout


@pytest.fixture
def key(emulator: Emulator) -> SigningKey:
    return SigningKey.kept_in(emulator.data / "signing-key.pem")


@pytest.mark.parametrize(
    "odd",
    [
        {"kid": 7},
        {"crit": ["x"]},
        {"crit": "x"},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": None},
        {"b64": False},
    ],
    ids=str,
)
def test_odd_header_makes_it_no_token(key: SigningKey, odd: dict[str, Any]) -> None:
    parts = ({"alg": "RS256", "kid": key.kid} | odd, {"sub": "x"}, 7)
    token = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
    with pytest.raises(TokenRefused) as refused:
        Tokens(key, "1").verify(token.replace("=", ""))
    assert refused.value.flaw is Flaw.UNREADABLE


@pytest.mark.parametrize(
    "odd",
    [
        {"sub": None},
        {"jti": None},
        {"scope": None},
        {"exp": None},
        {"sub": 7},
        {"jti": ["x"]},
        {"scope": 7},
        {"scope": ["database-credential"]},
        {"exp": math.inf},
        {"exp": "soon"},
    ],
    ids=str,
)
def test_odd_claim_makes_it_no_token(key: SigningKey, odd: dict[str, Any]) -> None:
    sound = {"sub": "x", "aud": "1", "jti": "1", "scope": "s", "exp": time.time() + 60}
    assert Tokens(key, "1").verify(key.sign(sound)).subject == "x"
    with pytest.raises(TokenRefused) as refused:
        Tokens(key, "1").verify(key.sign(sound | odd))
    assert refused.value.flaw is Flaw.UNREADABLE


@pytest.mark.parametrize("nested", [b"[" * 40_000, b'{"a":' * 9_000, b"9" * 40_000], ids=len)
def test_endless_json_makes_it_no_token(key: SigningKey, nested: bytes) -> None:
    part = base64.urlsafe_b64encode(nested).decode().rstrip("=")
    with pytest.raises(TokenRefused) as refused:
        Tokens(key, "1").verify(f"{part}.{part}.{part}")
    assert refused.value.flaw is Flaw.UNREADABLE


@pytest.mark.parametrize(
    ("body", "parameters"),
    [
        (b"\0", {}),
        (b"user\0x\0\0", {"user": "x"}),
        (b"user\0\0database\0d\0\0", {"user": "", "database": "d"}),
        (b"user\0\xff\0\0", {"user": "\udcff"}),
    ],
)
def test_startup_parameters_are_read(body: bytes, parameters: dict[str, str]) -> None:
    assert startup_parameters(body) == parameters


@pytest.mark.parametrize(
    "body", [b"", b"user", b"user\0x", b"user\0x\0", b"user\0\0", b"\0\0", b"\0user\0x\0\0"]
)
def test_startup_parameters_end_where_they_say(body: bytes) -> None:
    with pytest.raises(ValueError, match="terminator"):
        startup_parameters(body)
