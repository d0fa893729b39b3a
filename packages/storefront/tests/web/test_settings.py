"""A setting that cannot be used is refused at the start, by name, with what to do."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from storefront.setting_mistakes import mistakes, unknown_variables
from storefront.settings import Settings


def refusals(patch: pytest.MonkeyPatch, **variables: str) -> dict[str, str]:
    """What the shop says to these variables, by the variable."""
    for name, value in variables.items():
        patch.setenv(name, value)
    try:
        Settings()
    except ValidationError as error:
        return dict(mistakes(error))
    return {}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PUBLIC_URL", "shop.example.com", "must begin with https:// or http://"),
        ("PUBLIC_URL", '"http://shop.example.com"', "leave out the quotation marks"),
        ("PUBLIC_URL", "http://", "followed by the host"),
        ("PUBLIC_URL", "http://x y", "followed by the host"),
        ("PUBLIC_URL", "http://x:99999", "port must be a number"),
        ("PUBLIC_URL", "http://x/shop", "must end after the host"),
        ("PUBLIC_URL", "http://x?y", "must end after the host"),
        ("PUBLIC_URL", "http://me@x", "must end after the host"),
        ("PUBLIC_URL", "", "leave it out for the default, 'http://localhost:8000'"),
        ("STRIPE_API_URL", "api.stripe.com", "must begin with https://"),
        ("NAME", '""', "leave out the quotation marks"),
        ("NAME", " ", "leave it out for the default, 'Maison Lakehouse'"),
        ("CURRENCY", "usd", "currency code of ISO 4217"),
        ("COUNTRY", "UK", "country code of ISO 3166-1 in capitals"),
        ("COUNTRY", "us", "in capitals"),
        ("MARKETS", "DE", "write it like DE:EUR=https://shop.example.de, not 'DE'"),
        ("MARKETS", "ZZ:EUR=https://x", "STORE_MARKETS[0].country is 'ZZ'"),
        ("MARKETS", "DE:EUR=shop.example.de", "STORE_MARKETS[0].url is 'shop.example.de'"),
        ("LOCALE", "german", "known locale"),
        ("RETURNS_DAYS", "30 days", "is '30 days'; it must be a whole number"),
        ("RETURNS_DAYS_BY_CATEGORY", "footwear", "write it like footwear=60, not 'footwear'"),
        ("RETURNS_DAYS_BY_CATEGORY", "=5", "the path of a category is empty"),
        ("RETURNS_DELIVERY_REFUNDED", "ja", "is 'ja'; it must be true or false"),
        ("PICTURES_VOLUME", "dbfs:/Volumes/a/b/c", "a folder on a volume"),
        ("READ_REPLICA", "replica", "the name of an endpoint"),
        ("STATEMENT_TIMEOUT_S", "inf", "or less"),
        ("MEMORY_MB", "6GB", "is '6GB'; it must be a whole number"),
        ("STAFF", "me", "'me' is no e-mail address"),
        ("STAFF", "me@example.com you@example.com", "write a comma between two"),
        ("STAFF", "me@example.com;you@example.com", "no e-mail address"),
        ("CONTACT_EMAIL", "help", "no e-mail address"),
        ("MAIL_FROM", "Shop", "it must be one address, or Name <address>"),
        ("MAIL_FROM", "Shop <>", "it must be one address"),
        ("MAIL_FROM", "a@x.com, b@x.com", "it must be one address"),
        ("MAIL_FROM", "a@x.com\nBcc: b@x.com", "it must be one address"),
        ("LOG_LEVEL", "info", "is 'info'; it must be 'DEBUG', 'INFO'"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    told = refusals(monkeypatch, **{f"STORE_{name}": value})
    assert list(told) == [f"STORE_{name}"]
    assert told[f"STORE_{name}"].startswith(f"STORE_{name}")
    assert said in told[f"STORE_{name}"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SMTP_URL", "mail.example.com:hidden", "must begin with smtp://"),
        ("SMTP_URL", "smtp://hidden/word@mail.example.com", "in a password write / as %2F"),
        ("SMTP_URL", "smtp://hidden@mail.example.com:x", "must begin with smtp://"),
        ("SMTP_URL", "smtp://user@mail.example.com?hidden", "must begin with smtp://"),
        ("SECRET_KEYS", "hidden", "it has 6 characters and needs 32"),
        ("METRICS_TOKEN", "hidden", "it has 6 characters and needs 32"),
    ],
)
def test_a_secret_that_cannot_be_used_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    told = refusals(monkeypatch, **{f"STORE_{name}": value})[f"STORE_{name}"]
    assert said in told
    assert "hidden" not in told


@pytest.mark.parametrize("name", ["STORE_STRIPE_SECRET_KEY", "STORE_STRIPE_WEBHOOK_SECRET"])
def test_half_of_stripes_settings_do_not_choose_the_test_provider(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    told = refusals(monkeypatch, **{name: "sk_live_hidden"})
    assert "accept orders without taking money" in told["STORE_STRIPE_WEBHOOK_SECRET"]
    assert "hidden" not in str(told)


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("PUBLIC_URL", " HTTP://Shop.Example.com:8080/ ", "http://shop.example.com:8080"),
        ("PUBLIC_URL", "http://[::1]:8000", "http://[::1]:8000"),
        ("NAME", "'Tis 5%", "'Tis 5%"),
        ("NAME", "'", "'"),
        ("CURRENCY", " EUR\n", "EUR"),
        ("CONTACT_EMAIL", "", None),
        ("PICTURE_MODEL", "", None),
        ("STRIPE_SECRET_KEY", "", None),
        ("MAIL_DIR", " mail ", Path("mail")),
        ("STAFF", "A@x.com,", {"a@x.com"}),
        (
            "STAFF",
            "1F2E3D4C-0000-4000-8000-0123456789AB",
            {"1f2e3d4c-0000-4000-8000-0123456789ab"},
        ),
        ("RETURNS_SEALED", "", ()),
        ("RETURNS_SEALED", "/Apparel/Innerwear/, personal-care", ("apparel/innerwear", "personal-care")),
        ("RETURNS_DAYS_BY_CATEGORY", "Footwear = 60", {"footwear": 60}),
        ("MAIL_FROM", '"Shop, Inc." <shop@example.com>', '"Shop, Inc." <shop@example.com>'),
        ("MAIL_FROM", "Größe <shop@localhost>", "Größe <shop@localhost>"),
    ],
)  # fmt: skip
def test_blanks_capitals_and_empty_values_are_taken_as_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, meant: object
) -> None:
    monkeypatch.setenv(f"STORE_{name}", value)
    assert getattr(Settings(), name.lower()) == meant


@pytest.mark.parametrize("length", [32, 33])
def test_a_key_has_32_characters_or_more(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    monkeypatch.setenv("STORE_METRICS_TOKEN", "k" * length)
    token = Settings().metrics_token
    assert token is not None
    assert token.get_secret_value() == "k" * length


def test_https_in_capitals_is_https_too(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "STORE_SECRET_KEYS" in refusals(monkeypatch, STORE_PUBLIC_URL="HTTPS://shop.example.com")


def test_a_variable_that_is_no_setting_is_named() -> None:
    assert list(unknown_variables(["STORE_STAF", "STORE_NAME", "STORED", "STORE_QQQQ"])) == [
        "STORE_QQQQ is not a setting of the shop. It has no effect.",
        "STORE_STAF is not a setting of the shop. Did you mean STORE_STAFF?",
    ]
