"""Every setting of the shop. The address of the database and the login are read by lakepass.

Read once by the command line and passed down; there is no global settings object.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

from babel import Locale, UnknownLocaleError
from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from storefront import setting_values
from storefront.markets import Country, Currency, Market
from storefront.setting_values import (
    CategoryPath,
    Email,
    MailServer,
    Origin,
    Person,
    Replica,
    SecretKey,
    Sender,
    Volume,
)
from storefront.telemetry import tracing
from storefront.telemetry.logs import LogFormat

ExchangesShip = Literal["approved", "received", "completed"]


class Settings(BaseSettings):
    """The shop's settings: each is the environment variable ``STORE_`` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="STORE_", frozen=True)

    name: str = Field(default="Maison Lakehouse", description="The shop's name, as pages show it.")
    public_url: Origin = Field(
        default="http://localhost:8000",
        description="Address that shoppers use, without a path; canonical links and problem types are "
        "made from it.",
    )
    currency: Currency = Field(
        default="USD",
        description="Currency of every price in the shop: a code of ISO 4217, such as USD or JPY.",
    )
    country: Country = Field(
        default="US",
        description="Country that a bag's tax and delivery are shown for before an address is known: "
        "ISO 3166-1, such as US or DE.",
    )
    markets: Annotated[tuple[Market, ...], NoDecode] = Field(
        default=(),
        description="Shops of the same house for other countries, which the footer links to, separated "
        "by commas: `DE:EUR=https://shop.example.de,GB:GBP=https://shop.example.uk`. Each is a "
        "deployment of its own with its own prices, taxes and delivery.",
    )
    locale: str = Field(
        default="en_US",
        description="The shop's own language, and how it writes prices and dates: a locale such as "
        "en_US or de. English, German and Arabic have texts; for any other the texts are English.",
    )
    returns_days: Annotated[int, Field(ge=0, le=3650)] = Field(
        default=30,
        description="Days from the delivery of a piece within which it can be returned; 0: not at all.",
    )
    returns_days_by_category: Annotated[
        dict[str, Annotated[int, Field(ge=0, le=3650)]],
        NoDecode,
        BeforeValidator(setting_values.days_by_path),
    ] = Field(
        default={},
        description="The same for categories, by their path, separated by commas: "
        "`apparel/innerwear=0,footwear=60`. Subcategories are included; the longest path counts.",
    )
    returns_sealed: Annotated[
        tuple[CategoryPath, ...], NoDecode, BeforeValidator(setting_values.listed)
    ] = Field(
        default=("personal-care", "apparel/innerwear"),
        description="Categories by path, separated by commas, whose pieces can only be returned "
        "unopened.",
    )
    returns_approval: Literal["automatic", "staff"] = Field(
        default="automatic",
        description="Who approves a return that keeps to the terms: the shop at once, or staff.",
    )
    returns_delivery_refunded: bool = Field(
        default=True,
        description="Whether the cost of delivery is refunded when the last pieces of an order come "
        "back, as consumer law in the EU demands (Directive 2011/83/EU, article 13).",
    )
    returns_arrive_days: Annotated[int, Field(ge=1, le=365)] = Field(
        default=30,
        description="Days after which a return is cancelled whose parcel was not sent.",
    )
    returns_address: str = Field(
        default="",
        description="Address that parcels come back to, for the label; its lines separated by `;`.",
    )
    seller: str = Field(
        default="",
        description="Who sells, for receipts: name, address and tax number, lines separated by `;`. "
        "Without it they name the shop alone.",
    )
    exchanges_ship: ExchangesShip = Field(
        default="received",
        description="When the replacement of an exchange may be shipped: once the return is "
        "`approved`, `received` or `completed`.",
    )
    stripe_secret_key: SecretStr | None = Field(
        default=None,
        description="Secret key of Stripe's API. With it and the webhook secret, Stripe takes payments; "
        "without, the built-in test provider, which moves no money.",
    )
    stripe_webhook_secret: SecretStr | None = Field(
        default=None,
        validate_default=True,
        description="Signing secret of the webhook endpoint `/webhooks/stripe`; set both or neither.",
    )
    stripe_api_url: Origin = Field(
        default="https://api.stripe.com",
        description="Address of Stripe's API; another one for tests.",
    )
    pictures_dir: Path = Field(
        default=Path(".local/pictures"),
        description="Folder of the pictures: imported originals and the renditions made of them.",
    )
    pictures_volume: Volume | None = Field(
        default=None,
        description="Folder on a Unity Catalog volume that holds the imported originals, in place of "
        "`STORE_PICTURES_DIR`, such as `/Volumes/main/shop/pictures`. Renditions stay in that folder.",
    )
    pictures_max_mb: Annotated[int, Field(ge=1)] = Field(
        default=2_000,
        description="Megabytes that renditions of pictures may take. Beyond that, those whose last use "
        "is longest ago are deleted; they are made again when they are asked for.",
    )
    picture_model: Path | None = Field(
        default=None,
        description="ONNX file of a picture model of your own, in place of the packaged one: input "
        "`pixels` (float32 [n, 3, 224, 224], RGB, 0 to 255), output `embedding` (float32 [n, d], unit "
        "length).",
    )
    picture_endpoint: str | None = Field(
        default=None,
        description="Endpoint of Databricks Model Serving that embeds pictures, in place of a model in "
        "the process: it takes a column `image` of JPEG files in base64 and answers one vector a row. "
        "The shop's identity needs CAN VIEW and CAN QUERY on it.",
    )
    embed_in_background: bool = Field(
        default=True,
        description="Whether servers compute the vectors of new and changed pictures beside their "
        "answers. Off: only `storefront embed` does.",
    )
    connect_deadline_s: Annotated[float, Field(gt=0, le=120)] = Field(
        default=10.0,
        description="Seconds within which every request is answered. A database that is waking is "
        "waited for that long; then the answer is 503 with Retry-After.",
    )
    statement_timeout_s: Annotated[float, Field(ge=0.001, le=86_400)] = Field(
        default=15.0, description="Seconds after which Postgres cancels a statement of a request."
    )
    pool_size: Annotated[int, Field(ge=1)] = Field(
        default=5, description="Database connections that one process keeps."
    )
    pool_overflow: Annotated[int, Field(ge=0)] = Field(
        default=5, description="Connections beyond pool_size that a peak may open for a while."
    )
    read_replica: Replica | None = Field(
        default=None,
        description="Where listings and products may be read: `auto` for the read-only host of the "
        "database's endpoint, or the name of a read replica, such as "
        "`projects/shop/branches/production/endpoints/replica`. Without it the primary is read.",
    )
    read_replica_lag_s: Annotated[float, Field(ge=0.1, le=300)] = Field(
        default=5.0,
        description="Seconds that the replica may be behind; the primary is read while it is further.",
    )
    workers: Annotated[int, Field(ge=1, le=64)] = Field(
        default=1,
        description="Processes that serve; each has pools and caches of its own. Refused where the "
        "database's connections or the memory do not suffice (docs/scale.md).",
    )
    instances: Annotated[int, Field(ge=1, le=100)] = Field(
        default=1,
        description="Instances of the app over the same database, which share its connections.",
    )
    memory_mb: Annotated[int | None, Field(ge=1)] = Field(
        default=None,
        description="Megabytes of memory for all workers; without it, what the container or the "
        "machine has. Databricks Apps have 6,000 (medium) or 12,000 (large).",
    )
    max_requests: Annotated[int, Field(ge=1)] = Field(
        default=256,
        description="Requests that one process serves at once; further ones get 503 with Retry-After.",
    )
    behind_proxy: bool = Field(
        default=False,
        description="Whether the shop is behind a proxy that sets X-Forwarded-Email itself, as that of "
        "Databricks Apps does. Leave it off without one: anybody could send that header.",
    )
    secret_keys: Annotated[
        tuple[SecretKey, ...], NoDecode, BeforeValidator(setting_values.listed)
    ] = Field(
        default=(),
        validate_default=True,
        description="Keys that sign cookies, newest first, separated by commas; 32 characters or more "
        "each. Needed behind a proxy and where the shop is served by https.",
    )
    secret_keys_file: Path = Field(
        default=Path(".local/secret-keys"),
        description="File of the key that is used where secret_keys is not set; created at first use.",
    )
    staff: Annotated[frozenset[Person], NoDecode] = Field(
        default=frozenset(),
        description="E-mail addresses of admins, separated by commas. They add other staff at "
        "/admin/staff. They sign in at the proxy, or without one at /account by a code that is sent to "
        "their address.",
    )
    staff_second_factor: bool = Field(
        default=False,
        description="Whether staff who sign in by e-mail also enter a code of their authenticator app, "
        "which they set up at /account/second-factor. Behind a proxy that signs people in it is not "
        "asked for.",
    )
    smtp_url: MailServer | None = Field(
        default=None,
        description="Mail server that e-mails are sent by: smtp://user:password@host:587 (STARTTLS "
        "where the server offers it) or smtps://… (TLS). Without it they are written to mail_dir.",
    )
    mail_from: Sender = Field(
        default="shop@localhost",
        description="Sender of the shop's e-mails: an address, or Name <address>.",
    )
    mail_dir: Path = Field(
        default=Path(".local/mail"),
        description="Folder that e-mails are written to where smtp_url is not set, one file each.",
    )
    mail_page: bool = Field(
        default=False,
        description="Whether /dev/mail shows the e-mails of mail_dir to everybody: for development; "
        "refused behind a proxy and where the shop is served by https.",
    )
    reviews_held: bool = Field(
        default=False,
        description="Whether every review waits until staff have read it. Off: only those that rules "
        "hold: with photographs, links, addresses, telephone numbers or swear words.",
    )
    review_words: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(),
        description="Words that hold a review besides those known, separated by commas; each also in "
        "longer forms.",
    )
    review_request_days: Annotated[int, Field(ge=0, le=60)] = Field(
        default=10,
        description="Days after its delivery on which a customer who agreed to it is asked by e-mail to "
        "review an order; 0 asks nobody.",
    )
    contact_email: Email | None = Field(
        default=None, description="Address that the contact page names, for shoppers."
    )
    styleguide: bool = Field(
        default=False,
        description="Whether /styleguide shows the design language: for development.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Level of the log: DEBUG, INFO, WARNING or ERROR."
    )
    log_format: LogFormat = Field(
        default="text",
        description="`text` for people; `json` for programs that collect logs: one object a line.",
    )
    access_log: bool = Field(
        default=False, description="Whether each request is logged, with its status and duration."
    )
    rate_limits: bool = Field(
        default=True,
        description="Whether one person is refused (429) who sends photographs, codes or look-ups of "
        "orders more often than people do; off for load tests.",
    )
    slow_statement_ms: Annotated[int, Field(ge=0)] = Field(
        default=500,
        description="Milliseconds after which an SQL statement is logged, with its plan once an hour; "
        "0 logs none. Commands other than `run`, `serve` and `work` log none unless this is set.",
    )
    traces: bool = Field(
        default=False,
        description="Whether traces are exported by OTLP, to where OpenTelemetry's own variables say "
        "(`OTEL_EXPORTER_OTLP_ENDPOINT`).",
    )
    metrics_token: SecretKey | None = Field(
        default=None,
        description="Bearer token that opens `/metrics` to a monitoring system, 32 characters or more; "
        "without it, only staff may read it.",
    )

    @field_validator("traces")
    @classmethod
    def _can_be_exported(cls, is_on: bool) -> bool:
        if is_on and not tracing.is_installed():
            raise ValueError("OpenTelemetry's SDK is missing: pip install 'storefront[otel]'")
        return is_on

    @field_validator("markets", mode="before")
    @classmethod
    def _markets(cls, written: object) -> object:
        if not isinstance(written, str):
            return written
        return tuple(Market.written(one.strip()) for one in written.split(",") if one.strip())

    @field_validator("locale")
    @classmethod
    def _a_locale(cls, name: str) -> str:
        try:
            return str(Locale.parse(name.replace("-", "_")))
        except (ValueError, UnknownLocaleError) as error:
            raise ValueError("it must be a known locale, such as en_US or de") from error

    @field_validator("stripe_webhook_secret")
    @classmethod
    def _with_its_key(cls, secret: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if (secret is None) != (others.data.get("stripe_secret_key") is None):
            raise ValueError(
                "Stripe needs both STORE_STRIPE_SECRET_KEY and STORE_STRIPE_WEBHOOK_SECRET; with one of "
                "them alone, the test provider would accept orders without taking money"
            )
        return secret

    @field_validator("secret_keys")
    @classmethod
    def _set_in_public(
        cls, keys: tuple[SecretStr, ...], others: ValidationInfo
    ) -> tuple[SecretStr, ...]:
        is_https = str(others.data.get("public_url", "")).startswith("https://")
        if not keys and (is_https or others.data.get("behind_proxy")):
            raise ValueError(
                "it must be set behind a proxy and with an https address, or each process would sign "
                "cookies with a key of its own; `openssl rand -hex 32` makes a key"
            )
        return keys

    @field_validator("picture_endpoint")
    @classmethod
    def _one_model(cls, endpoint: str | None, others: ValidationInfo) -> str | None:
        if endpoint and others.data.get("picture_model"):
            raise ValueError("set either it or STORE_PICTURE_MODEL, not both")
        return endpoint

    @field_validator("mail_page")
    @classmethod
    def _not_in_public(cls, is_on: bool, others: ValidationInfo) -> bool:
        is_https = str(others.data.get("public_url", "")).startswith("https://")
        if is_on and (is_https or others.data.get("behind_proxy")):
            raise ValueError(
                "everybody could read the e-mails: leave it off where the shop is public"
            )
        return is_on

    @field_validator("staff", "review_words", mode="before")
    @classmethod
    def _lower_case(cls, written: object) -> object:
        if not isinstance(written, str):
            return written
        return frozenset(one.strip().lower() for one in written.split(",") if one.strip())

    @field_validator("*", mode="before")  # the last one: Pydantic calls it first
    @classmethod
    def _as_written(cls, written: object, field: ValidationInfo) -> object:
        return setting_values.as_written(written, cls.model_fields[str(field.field_name)].default)


def variables() -> list[str]:
    """The names of all environment variables."""
    return list(os.environ)


_SHARED_METRICS = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client when it is imported


def share_metrics(folder: str) -> None:
    """Let the workers that this process starts write their metrics into this folder."""
    os.environ[_SHARED_METRICS] = folder


def shared_metrics() -> Path | None:
    """The folder that all workers write their metrics into; None where this process serves alone."""
    folder = os.environ.get(_SHARED_METRICS)
    return Path(folder) if folder else None
