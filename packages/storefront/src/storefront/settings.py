"""Every setting of the shop. Where the database is and who we are there is lakepass's to read.

Read once by the command line and passed down; nothing imports a settings object as a global.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """The shop's settings: each is the environment variable ``STORE_`` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="STORE_", frozen=True)

    name: str = Field(default="Maison Lakehouse", description="The name over the door.")
    public_url: str = Field(
        default="http://localhost:8000",
        description="Address that shoppers use; canonical links and problem types are made from it.",
    )
    pictures_dir: Path = Field(
        default=Path(".local/pictures"),
        description="Folder of the pictures: originals that were imported, renditions that were made.",
    )
    connect_deadline_s: Annotated[float, Field(gt=0, le=120)] = Field(
        default=10.0,
        description="Seconds within which every request is answered. A database that is waking is "
        "waited for that long; then the answer is 503 with Retry-After.",
    )
    statement_timeout_s: Annotated[float, Field(ge=0.001)] = Field(
        default=15.0, description="Seconds after which Postgres ends a statement of a request."
    )
    pool_size: Annotated[int, Field(ge=1)] = Field(
        default=5, description="Database connections that one process keeps."
    )
    pool_overflow: Annotated[int, Field(ge=0)] = Field(
        default=5, description="Connections beyond pool_size that a rush may open for a while."
    )
    max_requests: Annotated[int, Field(ge=1)] = Field(
        default=256,
        description="Requests that one process serves at once; further ones get 503 with Retry-After.",
    )
    behind_proxy: bool = Field(
        default=False,
        description="Whether a proxy stands before the shop that sets X-Forwarded-Email itself, as that "
        "of Databricks Apps does. Without one anybody could write that header: leave it off.",
    )
    staff: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(),
        description="E-mail addresses of those who may see /admin, separated by commas.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Level of the log: DEBUG, INFO, WARNING or ERROR."
    )

    @field_validator("public_url")
    @classmethod
    def _without_a_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("staff", mode="before")
    @classmethod
    def _addresses(cls, written: object) -> object:
        if not isinstance(written, str):
            return written
        return frozenset(
            address.strip().lower() for address in written.split(",") if address.strip()
        )
