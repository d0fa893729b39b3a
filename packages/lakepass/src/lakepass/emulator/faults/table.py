"""The table of faults: the name of each, its arguments, and how it is cleared.

Every fault is a method of `Faults`; its docstring is its help, its signature its arguments. The
table is what HTTP and the command line read, so each fault is described once.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from types import NoneType
from typing import Any, TypeVar, cast, get_args

from lakepass.emulator.postgres.binaries import EmulatorError

_Method = TypeVar("_Method", bound=Callable[..., None])
_WORDS = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class Fault:
    """One row. name: as on the command line, with dashes.

    is_on: whether it is active. undo: restores the initial state. Both take the `Faults`.
    """

    name: str
    method: Callable[..., None]
    is_on: Callable[[Any], bool]
    undo: Callable[[Any], None]

    @property
    def help(self) -> str:
        """What it does; the first line is the summary."""
        return inspect.getdoc(self.method) or ""

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Its arguments, in order."""
        _, *parameters = inspect.signature(self.method).parameters.values()
        return {one.name: one for one in parameters}

    def described(self) -> dict[str, Any]:
        """As HTTP returns it. An argument without a default is required."""
        arguments = []
        for name, one in self.parameters.items():
            described: dict[str, Any] = {"name": name, "type": _kind(one).__name__}
            if one.default is not inspect.Parameter.empty:
                described["default"] = one.default
            arguments.append(described)
        return {"name": self.name, "help": self.help, "arguments": arguments}

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments, converted from text or JSON for the method. Raises EmulatorError."""
        known = self.parameters
        for name in given:
            if name not in known:
                takes = f"it takes {', '.join(known)}" if known else "it takes none"
                raise EmulatorError(f"{self.name} has no argument {name}; {takes}.")
        for name, one in known.items():
            if one.default is inspect.Parameter.empty and name not in given:
                raise EmulatorError(f"{self.name} needs {name} ({_kind(one).__name__}).")
        return {name: self._read(known[name], value) for name, value in given.items()}

    def _read(self, parameter: inspect.Parameter, value: Any) -> Any:
        if value in (None, "none") and NoneType in get_args(parameter.annotation):
            return None
        kind = _kind(parameter)
        try:
            return _WORDS[str(value).lower()] if kind is bool else kind(value)
        except (KeyError, TypeError, ValueError) as error:
            wanted = "on or off" if kind is bool else f"of type {kind.__name__}"
            raise EmulatorError(
                f"{self.name}: {parameter.name} must be {wanted}, not {value!r}."
            ) from error


FAULTS: dict[str, Fault] = {}


def fault(
    *, is_on: Callable[[Any], bool], undo: Callable[[Any], None]
) -> Callable[[_Method], _Method]:
    """Add a method of `Faults` to the table, and record its arguments in `given`."""

    def listed(method: _Method) -> _Method:
        name = method.__name__.replace("_", "-")
        FAULTS[name] = Fault(name, method, is_on, undo)

        @wraps(method)
        def call(self: Any, *args: Any, **kwargs: Any) -> None:
            method(self, *args, **kwargs)
            bound = inspect.signature(method).bind(self, *args, **kwargs).arguments
            self.given[name] = {key: value for key, value in bound.items() if key != "self"}

        return cast("_Method", call)

    return listed


def fault_named(name: str) -> Fault:
    """The row with this name, in dashes or underscores. Raises EmulatorError."""
    found = FAULTS.get(name.replace("_", "-"))
    if found is None:
        raise EmulatorError(f"There is no fault {name}. Known faults: {', '.join(FAULTS)}.")
    return found


def _kind(parameter: inspect.Parameter) -> Callable[[Any], Any]:
    """The type of an argument; for an optional one, the type other than None."""
    kind: Callable[[Any], Any] = (get_args(parameter.annotation) or (parameter.annotation,))[0]
    return kind
