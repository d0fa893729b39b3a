"""What is wrong with settings: the variable, its value, and what to do."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from storefront.settings import Settings
from storefront.suggestions import closest
from storefront.web.mistakes import sentence

_PREFIX = "STORE_"


def variable_of(field: str) -> str:
    """The environment variable of a setting."""
    return f"{_PREFIX}{field.upper()}"


def mistakes(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Each mistake as (variable, sentence). Values that may be secret are not repeated."""
    for mistake in error.errors():
        field, *place = mistake["loc"]
        name = variable_of(str(field))
        value = () if is_secret(str(field)) else mistake["input"]
        yield name, sentence({**mistake, "loc": ("environment", name, *place), "input": value})


class _Given(Settings):
    """Settings of the values that are passed alone."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - Pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        *others: PydanticBaseSettingsSource,  # noqa: ARG003
        **named: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def mistakes_in(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """`mistakes` of these values, by setting, whatever the environment of this process says."""
    try:
        _Given.model_validate(values)
    except ValidationError as error:
        return list(mistakes(error))
    return []


def is_secret(field: str) -> bool:
    """Whether the value of a setting belongs in no message."""
    return "SecretStr" in str(Settings.model_fields[field].annotation)


def unknown_variables(names: Iterable[str]) -> Iterator[str]:
    """A sentence about each variable that looks like a setting, and is none."""
    for name in sorted(names):
        field = name.upper().removeprefix(_PREFIX)
        if name.upper().startswith(_PREFIX) and field.lower() not in Settings.model_fields:
            meant = closest(field, list(Settings.model_fields))
            advice = f"Did you mean {variable_of(meant)}?" if meant else "It has no effect."
            yield f"{name} is not a setting of the shop. {advice}"
