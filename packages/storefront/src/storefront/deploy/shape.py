"""Shapes of documents, and the check of a document against one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from storefront.deploy.findings import Finding
from storefront.deploy.located import Located
from storefront.suggestions import suggestion

_Complaint = tuple[str, str]  # problem and fix


@dataclass(frozen=True, slots=True)
class Text:
    """Text. choices: the only words there are; empty: any."""

    choices: frozenset[str] = frozenset()

    def complaint(self, value: Located) -> _Complaint | None:
        """What is wrong with a value of another kind."""
        if isinstance(value.content, int | float):
            return "Expected a text.", f'Put it in quotes: "{value.text}".'
        if not isinstance(value.content, str):
            return "Expected a text.", "Write one word or sentence."
        if self.choices and value.content not in self.choices:
            problem = f"{value.content} is not allowed here."
            return problem, suggestion(value.content, sorted(self.choices))
        return None


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    def complaint(self, value: Located) -> _Complaint | None:
        """What is wrong with a value of another kind."""
        if isinstance(value.content, int | float) and not isinstance(value.content, bool):
            return None
        return "Expected a number.", "Write a number, without quotes."


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def complaint(self, value: Located) -> _Complaint | None:
        """What is wrong with a value of another kind."""
        if isinstance(value.content, bool):
            return None
        return "Expected true or false.", "Write true or false, without quotes."


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one kind."""

    each: "Shape"

    def complaint(self, value: Located) -> _Complaint | None:
        """What is wrong with a value of another kind."""
        if isinstance(value.content, list):
            return None
        return "Expected a list.", "Write one element per line, each after a dash."


class _AnyMap:
    def complaint(self, value: Located) -> _Complaint | None:
        """What is wrong with a value of another kind."""
        if isinstance(value.content, dict):
            return None
        return "Expected a map.", "Write keys with values, indented below this line."


@dataclass(frozen=True)
class MapOf(_AnyMap):
    """A map from any names to values of one shape."""

    each: "Shape"


@dataclass(frozen=True)
class Fields(_AnyMap):
    """A map with these keys and no others."""

    known: "Mapping[str, Shape]"
    required: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class Anything:
    """What this check does not look into."""

    def complaint(self, value: Located) -> _Complaint | None:  # noqa: ARG002 - as the others have it
        """Nothing is wrong with any value."""
        return None


Shape = Text | Number | Flag | ListOf | MapOf | Fields | Anything


def misfits(value: Located, shape: Shape, file: str, key: str, *, whole: bool) -> Iterator[Finding]:
    """Where a value is not of its shape.

    whole: False for a part that is merged with others later, so that keys may still be missing.
    A reference `${…}` stands for a value of any kind.
    """
    if isinstance(value.content, str) and "${" in value.content:
        return
    if complaint := shape.complaint(value):
        yield Finding(file, value.line, key, value.text, *complaint)
    elif isinstance(shape, Fields):
        yield from _wrong_keys(value, shape, file, key, whole=whole)
        for name, below in value.items():
            if name in shape.known:
                path = f"{key}.{name}".lstrip(".")
                yield from misfits(below, shape.known[name], file, path, whole=whole)
    elif isinstance(shape, MapOf):
        for name, below in value.items():
            yield from misfits(below, shape.each, file, f"{key}.{name}".lstrip("."), whole=whole)
    elif isinstance(shape, ListOf):
        for index, below in enumerate(value.elements()):
            yield from misfits(below, shape.each, file, f"{key}[{index}]", whole=whole)


def _wrong_keys(
    value: Located, shape: Fields, file: str, key: str, *, whole: bool
) -> Iterator[Finding]:
    for name, below in value.items():
        if name not in shape.known:
            problem = f"The key {name} is unknown here; it would be ignored or rejected."
            yield Finding(
                file, below.line, f"{key}.{name}".lstrip("."), below.text, problem,
                suggestion(name, sorted(shape.known)),
            )  # fmt: skip
    if whole:
        present = {name for name, _ in value.items()}
        for name in sorted(shape.required - present):
            problem = f"The key {name} is missing."
            yield Finding(file, value.line, key, "", problem, f"Add {name}.")
