"""Where the keys come from, and what starts without them."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken
from pydantic import ValidationError

from storefront.errors import Unavailable
from storefront.settings import Settings
from storefront.web.signing import Signer, signer

from .conftest import KEY


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(secret_keys_file=tmp_path / "shop" / "secrets" / "keys")
    signed = signer(settings).sign("bag", "7")
    again = signer(settings).read("bag", signed)
    assert again is not None
    assert (again.value, again.is_old_key) == ("7", False)
    assert stat.S_IMODE(settings.secret_keys_file.stat().st_mode) == 0o600
    assert list((tmp_path / "shop" / "secrets").iterdir()) == [settings.secret_keys_file]


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    settings = Settings(secret_keys_file=tmp_path / "keys")
    with ThreadPoolExecutor(8) as starting:
        signers = list(starting.map(lambda _: signer(settings), range(16)))
    signed = signers[0].sign("bag", "7")
    assert all(one.read("bag", signed) for one in signers)


def test_the_newest_key_signs_and_what_another_signed_is_reported_as_old() -> None:
    oldest, older, new = "o" * 32, "m" * 32, "n" * 32
    keys = Signer([new, older, oldest])
    signed = keys.sign("bag", "7")
    assert Signer([older, oldest]).read("bag", signed) is None
    for key, is_old in ((new, False), (older, True), (oldest, True)):
        read = keys.read("bag", Signer([key]).sign("bag", "7"))
        assert read is not None
        assert (read.value, read.is_old_key) == ("7", is_old)
    assert keys.read("basket", signed) is None
    assert keys.read("bag", signed.replace("7", "8", 1)) is None


def test_what_was_signed_tells_its_age(signed_ago: Callable[[int, str, str], str]) -> None:
    read = Signer([KEY]).read("bag", signed_ago(3, "bag", "7"))
    assert read is not None
    assert timedelta(days=3) <= read.age < timedelta(days=3, hours=1)


def test_a_digest_differs_by_purpose_value_and_newest_key() -> None:
    signers = Signer(["n" * 32, "o" * 32]), Signer(["n" * 32]), Signer(["o" * 32])
    both, new, old = (one.digest("limit", "anna") for one in signers)
    assert both == new != old
    assert len({new, signers[1].digest("limit", "bob"), signers[1].digest("other", "anna")}) == 3
    assert (len(new), new.isalnum()) == (64, True)


def test_who_is_second_to_make_the_key_uses_that_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(secret_keys_file=tmp_path / "keys")
    signed = signer(settings).sign("bag", "7")
    monkeypatch.setattr(Path, "exists", lambda _: False)  # as it was when both looked
    assert signer(settings).read("bag", signed)
    assert list(tmp_path.iterdir()) == [settings.secret_keys_file]


@pytest.mark.parametrize(
    "facts", [{"behind_proxy": True}, {"public_url": "https://shop.example"}], ids=str
)
def test_a_shop_for_others_does_not_start_without_keys(facts: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="openssl rand"):
        Settings.model_validate(facts)
    with_keys = Settings.model_validate(facts | {"secret_keys": f"{'a' * 32}, {'b' * 32}"})
    assert [key.get_secret_value() for key in with_keys.secret_keys] == ["a" * 32, "b" * 32]


def test_a_short_key_is_refused_and_no_key_is_shown(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="needs 32") as refused:
        Settings.model_validate({"secret_keys": "short-and-secret"})
    del refused
    settings = Settings.model_validate({"secret_keys": "s" * 32})
    assert "sss" not in repr(settings)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "has no keys"),
        (b"short\n", "one of fewer than 32 characters"),
        (b"\xff\xfe", "it is not text"),
        (None, "Is a directory"),
    ],
)
def test_a_file_without_usable_keys_is_named(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "keys"
    file.mkdir() if content is None else file.write_bytes(content)
    with pytest.raises(Unavailable) as refused:
        signer(Settings(secret_keys_file=file))
    assert str(file) in refused.value.reason
    assert why in refused.value.reason
    assert "STORE_SECRET_KEYS_FILE" in refused.value.reason


def test_a_file_may_have_several_keys_of_32_characters(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(f"{'n' * 32}\n{'o' * 32}\n")
    signed = Signer(["o" * 32]).sign("bag", "7")
    read = signer(Settings(secret_keys_file=tmp_path / "keys")).read("bag", signed)
    assert read is not None
    assert read.is_old_key


def test_a_file_of_keys_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable) as refused:
        signer(Settings(secret_keys_file=tmp_path / "file/keys"))
    assert "cannot be used" in refused.value.reason


def test_what_is_encrypted_is_decrypted_with_a_replaced_key_and_not_if_changed() -> None:
    old, both, new = Signer(["o" * 32]), Signer(["n" * 32, "o" * 32]), Signer(["n" * 32])
    encrypted = old.cipher("app").encrypt(b"secret")
    assert b"secret" not in encrypted
    assert both.cipher("app").decrypt(encrypted) == b"secret"
    changed = encrypted[:40] + (b"A" if encrypted[40:41] != b"A" else b"B") + encrypted[41:]
    for cipher, text in (
        (new.cipher("app"), encrypted),  # the key was removed
        (old.cipher("something else"), encrypted),
        (old.cipher("app"), changed),
    ):
        with pytest.raises(InvalidToken):
            cipher.decrypt(text)
