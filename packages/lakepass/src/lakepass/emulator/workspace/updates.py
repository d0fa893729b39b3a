"""PATCH requests: the fields that the mask selects, and whether each may be changed.

A mask is applied leaf by leaf: `spec.attributes.createdb` changes only that attribute, and what it
names must be in the body. Of fields that exclude each other it names the group: `spec.suspension`, not
`spec.no_suspension`. `spec` and a missing mask stand for the fields in the body, `*` for all fields,
which must be there. Source: github.com/databricks/cli, libs/testserver/postgres.go and pull requests
6440 and 6767, which probed a workspace; Databricks docs, “Scale to zero”. Assumed: that this is so for
roles and databases, too; that the name of an object sets those of its fields that the body lacks to
their defaults (google.aip.dev/134); and the wording of the other errors.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lakepass.emulator.workspace.api import ApiError, Call, invalid, not_emulated

_SPEC = "spec"
_DURATION = re.compile(r"(\d{1,9})(\.\d{1,9})?s")

# Validates a value and returns it. Raises ApiError (400); the string is the name of the field.
Check = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field with a value. check: validates the value; None: the field cannot be changed.

    default: its value after an update that omits it. is_emulated: if false, an update that
    changes it is refused (501). group: of fields that exclude each other, which masks name instead.
    """

    check: Check | None = None
    default: Any = None
    is_emulated: bool = True
    group: str = ""


Leaves = Mapping[str, Leaf]


def changes(call: Call, kind: str, leaves: Leaves, *, current: Mapping[str, Any]) -> dict[str, Any]:
    """The new values by path of the field, for an update of a resource whose fields are in the body.

    leaves: all fields that an update may name, by path. current: the present resource; a field
    that cannot change may be sent with its present value. Raises ApiError: 400 for unknown fields,
    fields that cannot change and invalid values; 501 for fields that are not emulated.
    """
    given = _flat(call.body, leaves)
    asked = _asked(call)
    for path in asked:
        if path != "*" and path not in leaves:
            raise invalid(f"Field mask path '{path}' is not a field of {kind}.")
    selected = [path for path in given if path in leaves] if not asked or "*" in asked else asked
    return _checked(kind, leaves, selected, given, current=current)


def changes_of_spec(
    call: Call,
    kind: str,
    leaves: Leaves,
    *,
    current: Mapping[str, Any],
    objects: Collection[str] = (),
    ignored: Collection[str] = (),
) -> dict[str, Any]:
    """As `changes`, for a resource whose fields are in the object `spec`.

    objects: those in it that a mask may name. ignored: what a mask may name without any effect.
    """
    spec = call.body.get(_SPEC, {})
    given = _read(spec, kind, leaves)
    asked = [path for path in _asked(call) if path not in ignored]
    fields = _by_name_in_mask(leaves)
    names = []
    for path in asked:
        if path in (_SPEC, "*"):
            continue
        name = path.removeprefix(f"{_SPEC}.")
        if name == path or not (name in fields or name in objects):
            raise invalid(f"Unknown field path in update_mask: '{path}'")
        names.append(name)
    if "*" in asked:
        _require(fields, fields, given)
    if len(names) < len(asked) or not asked:  # the whole spec
        selected = list(given)
    else:
        selected = _selected(names, fields, leaves, spec, given) if _SPEC in call.body else []
    return _checked(kind, leaves, selected, given, current=current, prefix=f"{_SPEC}.")


def _asked(call: Call) -> list[str]:
    """The paths in the mask."""
    mask = call.query.get("update_mask", "")
    return [_snake_case(path.strip()) for path in mask.split(",") if path.strip()]


def _by_name_in_mask(leaves: Leaves) -> dict[str, list[str]]:
    """The fields that can change by the name that a mask has for them: of a group, several."""
    found: dict[str, list[str]] = {}
    for path, leaf in leaves.items():
        if leaf.check is not None:
            parent = path[: path.rfind(".") + 1]
            found.setdefault(f"{parent}{leaf.group}" if leaf.group else path, []).append(path)
    return found


def _require(
    names: Iterable[str], fields: Mapping[str, Sequence[str]], given: Mapping[str, Any]
) -> None:
    """Raise ApiError (400) for the first of these that the body lacks."""
    for name in names:
        if not any(path in given for path in fields[name]):
            raise _not_provided(name)


def _selected(
    names: Iterable[str],
    fields: Mapping[str, Sequence[str]],
    leaves: Leaves,
    spec: Mapping[str, Any],
    given: Mapping[str, Any],
) -> list[str]:
    """The paths of the leaves that a mask with these names covers.

    Raises ApiError (400) for a name that the body lacks, though it has the object around it.
    """
    selected: list[str] = []
    for name in names:
        if name in fields:
            parent = name.rpartition(".")[0]
            if parent and not isinstance(spec.get(parent), Mapping):
                continue
            _require([name], fields, given)
            selected += [path for path in fields[name] if path in given]
        else:
            if not isinstance(spec.get(name), Mapping):
                raise _not_provided(name)
            below = [one for one in fields if one.startswith(f"{name}.")]
            _require([one for one in below if one not in leaves], fields, given)
            selected += [
                path
                for one in below
                for path in fields[one]
                if path in given or (one in leaves and leaves[one].is_emulated)
            ]
    return list(dict.fromkeys(selected))


def _checked(
    kind: str,
    leaves: Leaves,
    selected: Iterable[str],
    given: Mapping[str, Any],
    *,
    current: Mapping[str, Any],
    prefix: str = "",
) -> dict[str, Any]:
    """The new values of the selected leaves. Raises ApiError (400, 501)."""
    known = _flat(current, leaves)
    found = {}
    for path in selected:
        leaf = leaves[path]
        full = f"{prefix}{path}"
        if leaf.check is None and given.get(path) != known.get(path):
            raise invalid(f"Field '{full}' of {kind} cannot be updated.")
        if leaf.check is not None:
            found[path] = leaf.check(given[path], full) if path in given else leaf.default
    for path in found:
        if not leaves[path].is_emulated:
            raise not_emulated(
                f"The emulator does not emulate updates of {prefix}{path} of {kind}."
            )
    return found


def _not_provided(name: str) -> ApiError:
    return invalid(f"Field '{_SPEC}.{name}' is in update_mask but not provided in request")


def check_new(call: Call, kind: str, leaves: Leaves) -> None:
    """Raise ApiError (400) if the spec of a new resource has unknown fields or invalid values."""
    for path, value in _read(call.body.get(_SPEC) or {}, kind, leaves).items():
        if (check := leaves[path].check) is not None:
            check(value, f"{_SPEC}.{path}")


def _read(spec: Any, kind: str, leaves: Leaves) -> dict[str, Any]:
    """The values of a spec by path. Raises ApiError (400) for unknown fields."""
    if not isinstance(spec, Mapping):
        raise invalid(f"Field {_SPEC} must be an object.")
    given = _flat(spec, leaves)
    for path in given:
        if path not in leaves:
            raise invalid(f"Field '{_SPEC}.{path}' is not a field of {kind}.")
    return given


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
