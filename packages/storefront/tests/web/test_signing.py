"""Where the keys come from, and what starts without them."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from storefront.settings import Settings
from storefront.web.signing import signer


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(secret_keys_file=tmp_path / "shop" / "keys")
    signed = signer(settings).sign("bag", "7")
    again = signer(settings).read("bag", signed)
    assert again is not None
    assert (again.value, again.is_old_key) == ("7", False)
    assert stat.S_IMODE((tmp_path / "shop" / "keys").stat().st_mode) == 0o600
    assert list((tmp_path / "shop").iterdir()) == [tmp_path / "shop" / "keys"]


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    settings = Settings(secret_keys_file=tmp_path / "keys")
    with ThreadPoolExecutor(8) as starting:
        signers = list(starting.map(lambda _: signer(settings), range(16)))
    signed = signers[0].sign("bag", "7")
    assert all(one.read("bag", signed) for one in signers)


@pytest.mark.parametrize(
    "facts", [{"behind_proxy": True}, {"public_url": "https://shop.example"}], ids=str
)
def test_a_shop_for_others_does_not_start_without_keys(facts: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="openssl rand"):
        Settings.model_validate(facts)
    with_keys = Settings.model_validate(facts | {"secret_keys": f"{'a' * 32}, {'b' * 32}"})
    assert [key.get_secret_value() for key in with_keys.secret_keys] == ["a" * 32, "b" * 32]


def test_a_short_key_is_refused_and_no_key_is_shown(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="at least 32") as refused:
        Settings.model_validate({"secret_keys": "short-and-secret"})
    del refused
    settings = Settings.model_validate({"secret_keys": "s" * 32})
    assert "sss" not in repr(settings)
