"""PATCH requests: the fields that the mask selects, and whether each may be changed.

A mask is applied leaf by leaf: `spec.attributes.createdb` changes only that attribute.
The name of an object stands for all of its fields; those missing in the body are set to
their defaults (google.aip.dev/134). `spec`, `*` and a missing mask stand for the fields in the body.
Assumed: the wording of errors.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lakepass.emulator.workspace.api import Call, invalid, not_emulated

_DURATION = re.compile(r"(\d{1,9})(\.\d{1,9})?s")

# Validates a value and returns it. Raises ApiError (400); the string is the name of the field.
Check = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field with a value. check: validates the value; None: the field cannot be changed.

    default: its value after an update that omits it. is_emulated: if false, an update that
    changes it is refused (501).
    """

    check: Check | None = None
    default: Any = None
    is_emulated: bool = True


Leaves = Mapping[str, Leaf]


def changes(
    call: Call, kind: str, leaves: Leaves, *, current: Mapping[str, Any], within: str = ""
) -> dict[str, Any]:
    """The new values by path of the field, for an update of a resource.

    leaves: all fields that an update may name, by path. current: the present resource; a field
    that cannot change may be sent with its present value. within: the object in the body that has
    the fields. Raises ApiError: 400 for unknown fields, fields that cannot change and invalid
    values; 501 for fields that are not emulated.
    """
    body = call.body.get(within, {}) if within else call.body
    if not isinstance(body, Mapping):
        raise invalid(f"Field {within} must be an object.")
    given = _flat(body, leaves)
    if within:
        _check_known(given, kind, leaves, prefix=f"{within}.")
    known = _flat(current, leaves)
    found = {}
    for path in _selected(call.query.get("update_mask", ""), kind, leaves, given, within):
        leaf = leaves[path]
        full = f"{within}.{path}" if within else path
        if leaf.check is None and given.get(path) != known.get(path):
            raise invalid(f"Field '{full}' of {kind} cannot be updated.")
        if leaf.check is not None:
            found[path] = leaf.check(given[path], full) if path in given else leaf.default
    for path in found:
        if not leaves[path].is_emulated:
            full = f"{within}.{path}" if within else path
            raise not_emulated(f"The emulator does not emulate updates of {full} of {kind}.")
    return found


def check_new(call: Call, kind: str, leaves: Leaves) -> None:
    """Raise ApiError (400) if the spec of a new resource has unknown fields or invalid values."""
    spec = call.body.get("spec") or {}
    if not isinstance(spec, Mapping):
        raise invalid("Field spec must be an object.")
    given = _flat(spec, leaves)
    _check_known(given, kind, leaves, prefix="spec.")
    for path, value in given.items():
        if (check := leaves[path].check) is not None:
            check(value, f"spec.{path}")


def _selected(
    mask: str, kind: str, leaves: Leaves, given: Mapping[str, Any], within: str
) -> list[str]:
    """The paths of the leaves that an update covers."""
    asked = [_snake_case(path.strip()) for path in mask.split(",") if path.strip()]
    if not asked or within in asked or "*" in asked:
        return [path for path in given if path in leaves]
    selected = []
    for full in asked:
        path = full.removeprefix(f"{within}.") if within else full
        below = [leaf for leaf in leaves if leaf == path or leaf.startswith(f"{path}.")]
        if not below or (within and path == full):
            raise invalid(f"Field mask path '{full}' is not a field of {kind}.")
        selected += below
    return list(dict.fromkeys(selected))


def _check_known(given: Mapping[str, Any], kind: str, leaves: Leaves, *, prefix: str) -> None:
    for path in given:
        if path not in leaves:
            raise invalid(f"Field '{prefix}{path}' is not a field of {kind}.")


def _flat(value: Mapping[str, Any], leaves: Leaves, prefix: str = "") -> dict[str, Any]:
    """The values of nested objects by path; null stands for absent, as in protobuf's JSON."""
    found: dict[str, Any] = {}
    for name, inner in value.items():
        path = f"{prefix}{name}"
        if inner is None:
            continue
        has_parts = any(leaf.startswith(f"{path}.") for leaf in leaves)
        if has_parts and isinstance(inner, Mapping):
            found |= _flat(inner, leaves, f"{path}.")
        elif has_parts:
            raise invalid(f"Field {path} must be an object.")
        elif not has_parts:
            found[path] = inner
    return found


def _snake_case(path: str) -> str:
    """A path in the SDK's notation (`spec.postgresRole`), in snake case."""
    return re.sub(r"[A-Z]", lambda letter: f"_{letter.group().lower()}", path)


def flag(value: Any, field: str) -> bool:
    """A boolean."""
    if not isinstance(value, bool):
        raise invalid(f"Field {field} must be true or false.")
    return value


def number(least: float, most: float) -> Check:
    """A number within limits."""

    def check(value: Any, field: str) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            raise invalid(f"Field {field} must be a number from {least:g} to {most:g}.")
        return float(value)

    return check


def whole(least: int, most: int) -> Check:
    """An integer within limits."""

    def check(value: Any, field: str) -> int:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole or not least <= value <= most:
            raise invalid(f"Field {field} must be an integer from {least} to {most}.")
        return int(value)

    return check


def duration(least_s: int, most_s: int) -> Check:
    """A duration in seconds as protobuf writes it in JSON: `3600s`."""

    def check(value: Any, field: str) -> str:
        parts = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if parts is None or not least_s <= int(parts[1]) <= most_s:
            raise invalid(f"Field {field} must be a duration from {least_s}s to {most_s}s.")
        return str(value)

    return check


def text(longest: int, *, shortest: int = 0) -> Check:
    """A string of limited length, in characters."""

    def check(value: Any, field: str) -> str:
        if not isinstance(value, str) or "\0" in value or not shortest <= len(value) <= longest:
            raise invalid(f"Field {field} must be a string of {shortest} to {longest} characters.")
        return value

    return check


def one_of(*choices: str) -> Check:
    """One of these strings."""

    def check(value: Any, field: str) -> str:
        if value not in choices:
            raise invalid(f"Field {field} must be one of {', '.join(choices)}.")
        return str(value)

    return check


def some_of(*choices: str) -> Check:
    """A list of these strings."""

    def check(value: Any, field: str) -> list[str]:
        if not isinstance(value, list) or any(one not in choices for one in value):
            raise invalid(f"Field {field} must be a list of {', '.join(choices)}.")
        return value

    return check


def tags(value: Any, field: str) -> list[dict[str, str]]:
    """Custom tags: a list of keys and values."""
    is_list = isinstance(value, list)
    if not is_list or any(
        not isinstance(one, dict)
        or not one.keys() <= {"key", "value"}
        or not all(isinstance(part, str) for part in one.values())
        for one in value
    ):
        raise invalid(f"Field {field} must be a list of objects with key and value.")
    return list(value)
