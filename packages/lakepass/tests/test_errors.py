"""Errors: what they say, and what they never say."""

import copy
import pickle
import traceback

import pytest

from lakepass import CredentialUnavailable
from lakepass.errors import LakepassError, MaskedCause, harmless, redact

JWT = "eyJraWQiOiJhYmMifQ.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"token {JWT} refused", "token [secret] refused"),
        ("token eyJraWQiOiJ... (812 more bytes)", "token [secret]... (812 more bytes)"),
        ("'Bearer dapi0123456789abcdef\\n'", "'Bearer [secret]\\n'"),
        ("Bearer opaque-token-of-someone", "Bearer [secret]"),
        ("client_secret=dose0123456789abcdef", "client_secret=[secret]"),
        ("postgresql://me:hunter2@host/db", "postgresql://[secret]@host/db"),
        ("my hunter2 is secret", "my [secret] is secret"),
        ("the dapi format, and eyJ alone", "the dapi format, and eyJ alone"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, masked: str) -> None:
    assert redact(text, ["hunter2", ""]) == masked


def test_an_error_says_what_happened_what_was_seen_and_what_to_do() -> None:
    error = LakepassError(
        f"It broke with {JWT}.",
        code="LP-999",
        next_step="Fix it.",
        facts={"PGHOST": "h", "tries": 2, "said": JWT},
    )
    assert str(error) == (
        "It broke with [secret]. (PGHOST=h, tries=2, said=[secret]) Fix it. [LP-999]"
    )
    assert JWT not in repr(error)


def test_errors_survive_copying_and_pickling() -> None:
    error = CredentialUnavailable(
        "Gone.", code="LP-201", next_step="Wait.", facts={"a": 1}, retry_after_s=2.0
    )
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is CredentialUnavailable
        assert str(twin) == str(error)
        assert twin.retry_after_s == 2.0


def test_a_cause_that_would_print_a_secret_is_replaced() -> None:
    try:
        try:
            raise ValueError(f"header 'Bearer {JWT}'")
        except ValueError as inner:
            raise OSError("sign-in failed") from inner
    except OSError as error:
        stand_in = harmless(error)
    assert isinstance(stand_in, MaskedCause)
    assert JWT not in "".join(traceback.format_exception(stand_in))


def test_a_harmless_cause_is_kept() -> None:
    error = OSError("refused")
    assert harmless(error, ["hunter2"]) is error
