"""The table of faults: the name of each, its arguments, and how it is cleared.

Every fault is a method of `Faults`; its docstring is its help, its signature its arguments. The
table is what HTTP and the command line read, so each fault is described once.
"""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from ipaddress import ip_address
from types import NoneType
from typing import Any, TypeVar, cast, get_args

from lakepass.emulator.postgres.binaries import EmulatorError

_Method = TypeVar("_Method", bound=Callable[..., None])
_WORDS = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}
_YEAR_S = 366 * 24 * 3600
# From what to what an argument of a name may be. Beyond that nothing works any more, `clear` included,
# or nothing happens.
_RANGES: Mapping[str, tuple[float, float]] = {
    "seconds": (0, _YEAR_S),
    "wake_s": (0, _YEAR_S),
    "retry_after_s": (0, _YEAR_S),
    "status": (400, 599),
    "rate": (0, 1),
    "count": (0, math.inf),
    "per_minute": (0, math.inf),
    "leave": (0, math.inf),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One row. name: as on the command line, with dashes.

    is_on: whether it is active. undo: restores the initial state. Both take the `Faults`.
    is_signed: whether its seconds may be negative.
    """

    name: str
    method: Callable[..., None]
    is_on: Callable[[Any], bool]
    undo: Callable[[Any], None]
    is_signed: bool = False

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
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            wanted = "on or off" if kind is bool else f"of type {kind.__name__}"
            raise EmulatorError(
                f"{self.name}: {parameter.name} must be {wanted}, not {value!r}."
            ) from error

    def check(self, arguments: Mapping[str, Any]) -> None:
        """Raise EmulatorError for a value that makes no sense."""
        for name, value in arguments.items():
            least, most = _RANGES.get(name, (-math.inf, math.inf))
            least = -most if self.is_signed else least
            is_number = isinstance(value, int | float)
            if is_number and not least <= value <= most:  # not a number is in no range
                upto = "" if most == math.inf else f" to {most}"
                raise EmulatorError(
                    f"{self.name}: {name} must be a number from {least}{upto}, not {value}."
                )
            if name == "address" and not _is_address(value):
                raise EmulatorError(f"{self.name}: {name} must be an IP address, not {value!r}.")


FAULTS: dict[str, Fault] = {}


def fault(
    *, is_on: Callable[[Any], bool], undo: Callable[[Any], None], is_signed: bool = False
) -> Callable[[_Method], _Method]:
    """Add a method of `Faults` to the table, and record its arguments in `given`."""

    def listed(method: _Method) -> _Method:
        name = method.__name__.replace("_", "-")
        FAULTS[name] = Fault(name, method, is_on, undo, is_signed)

        @wraps(method)
        def call(self: Any, *args: Any, **kwargs: Any) -> None:
            bound = inspect.signature(method).bind(self, *args, **kwargs).arguments
            given = {key: value for key, value in bound.items() if key != "self"}
            FAULTS[name].check(given)
            method(self, *args, **kwargs)
            self.given[name] = given

        return cast("_Method", call)

    return listed


def fault_named(name: str) -> Fault:
    """The row with this name, in dashes or underscores. Raises EmulatorError."""
    found = FAULTS.get(name.replace("_", "-"))
    if found is None:
        raise EmulatorError(f"There is no fault {name}. Known faults: {', '.join(FAULTS)}.")
    return found


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _kind(parameter: inspect.Parameter) -> Callable[[Any], Any]:
    """The type of an argument; for an optional one, the type other than None."""
    kind: Callable[[Any], Any] = (get_args(parameter.annotation) or (parameter.annotation,))[0]
    return kind
