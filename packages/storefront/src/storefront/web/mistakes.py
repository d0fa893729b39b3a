"""What is wrong with a value that a program sent: the value, what it must be, and what to do.

Pydantic's own messages name neither ("Input should be a valid decimal"). ``forms.sentence`` words the
same for shoppers, who see what they typed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from storefront.suggestions import suggestion

Mistake = Mapping[str, Any]
"""One error of a ValidationError: its ``type``, ``loc``, ``msg``, ``input`` and perhaps ``ctx``."""

REPEATED = "repeated_parameter"
"""Our own type: a parameter of one value was sent several times."""

_MOST_CHARACTERS = 60  # of a value, or a name, that is repeated to its sender
_SECRET = frozenset(
    ("password", "passphrase", "secret", "token", "code", "key", "pin", "cvc", "card", "iban")
)
"""Words in the names of values that are never repeated."""

# By Pydantic's types of errors (Pydantic docs, "Validation errors"): what the value must be.
_NUMBER = "a number, such as 19.99"
_WHOLE = "a whole number, such as 12"
_DATE = "a date, such as 2026-11-28"
_TIME = "a time, such as 2026-11-28T09:30:00Z"
_OBJECT = "a JSON object, such as {{}}"
_REQUIREMENTS = {
    "decimal_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_max_places": "a number with at most {decimal_places} digits after the point",
    "decimal_max_digits": "a number with at most {max_digits} digits",
    "decimal_whole_digits": "a number with at most {whole_digits} digits before the point",
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": "a whole number with fewer digits",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "text in quotes",
    "string_unicode": "UTF-8 text",
    "string_pattern_mismatch": "text that matches the pattern {pattern}",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "greater_than": "greater than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "list_type": "a list, such as []",
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "datetime_object_invalid": _TIME,
    "timezone_aware": f"{_TIME}: with Z or an offset",
    "url_parsing": "a URL, such as https://example.com/",
    "url_type": "a URL, such as https://example.com/",
    "url_scheme": "a URL that begins with {expected_schemes}",
    "uuid_parsing": "a UUID",
    "uuid_type": "a UUID",
    "union_tag_invalid": "one whose {discriminator} is {expected_tags}",
    "union_tag_not_found": "an object with the field {discriminator}",
}


_TEXT_FOR_A_FILE = "Expected UploadFile"  # how FastAPI says it


def sentence(mistake: Mistake, known: Sequence[str] = ()) -> str:
    """The mistake as a sentence. known: the names that were possible in place of an unknown one."""
    if mistake["type"] == "extra_forbidden":
        return _unknown(mistake, known)
    if (special := _SPECIAL.get(mistake["type"])) is not None:
        return special(mistake)
    subject, value = _name(mistake["loc"]), _shown(mistake)
    requirement = _requirement(mistake)
    if requirement is not None:
        return f"{subject} {f'is {value}; it must' if value else 'must'} be {requirement}."
    said = str(mistake["msg"]).removeprefix("Value error, ").rstrip(".")
    if value:
        return f"{subject} is {value}: {said}."
    return f"{said}." if _is_whole(mistake) else f"{subject}: {said}."


def _requirement(mistake: Mistake) -> str | None:
    known = _REQUIREMENTS.get(mistake["type"])
    if known is not None:
        return known.format(**mistake.get("ctx", {}))
    if _TEXT_FOR_A_FILE in mistake["msg"]:
        return "a file, not text"
    _, begins, rest = str(mistake["msg"]).partition("should be ")
    return rest.rstrip(".") if begins else None


def _unknown(mistake: Mistake, known: Sequence[str]) -> str:
    *parents, unknown = map(str, mistake["loc"])
    kind = "parameter" if parents == ["query"] else "field"
    where = f" in {_name(mistake['loc'][:-1])}" if len(parents) > 1 else ""
    said = f"There is no {kind} {_quoted(unknown)}{where}."
    return f"{said} {suggestion(unknown, known) if known else 'Leave it out.'}"


def _missing(mistake: Mistake) -> str:
    place, name = mistake["loc"][0], _name(mistake["loc"])
    if mistake["loc"] == ("body",):
        return "The request has no body. Send a JSON object."
    kinds = {"query": "The parameter ", "body": "The field ", "header": "The "}
    return f"{kinds.get(place, '')}{name} is missing. Send it."


def _repeated(mistake: Mistake) -> str:
    return f"{_name(mistake['loc'])} was sent {len(mistake['input'])} times. Send it once."


def _invalid_json(mistake: Mistake) -> str:
    reason = mistake.get("ctx", {}).get("error", "it cannot be read")
    return f"The body is not JSON: {reason} at character {mistake['loc'][-1]}."


def _length(mistake: Mistake) -> str:
    facts = mistake["ctx"]
    is_short = "min_length" in facts
    bound = facts["min_length" if is_short else "max_length"]
    many = "characters" if mistake["type"].startswith("string") else "values"
    size = facts.get("actual_length") or len(mistake["input"])
    limit = f"at {'least' if is_short else 'most'} {bound}"
    return f"The number of {many} of {_name(mistake['loc'])} is {size}; it must be {limit}."


_SPECIAL: dict[str, Callable[[Mistake], str]] = {
    "missing": _missing,
    REPEATED: _repeated,
    "json_invalid": _invalid_json,
    "string_too_short": _length,
    "string_too_long": _length,
    "too_short": _length,
    "too_long": _length,
}


def _name(loc: Sequence[str | int]) -> str:
    """The value's name as in code, such as ``lines[0].quantity``."""
    place, *steps = loc
    if not steps:
        return "The body" if place == "body" else "The request"
    if place in ("query", "path"):
        return str(steps[0])
    if place in ("header", "cookie"):
        return f"{place} {steps[0]}"
    name = "".join(f"[{one}]" if isinstance(one, int) else f".{_short(one)}" for one in steps)
    return name.removeprefix(".")


def _is_whole(mistake: Mistake) -> bool:
    """Whether the mistake concerns several values together, which the message names."""
    return len(mistake["loc"]) == 1 or isinstance(mistake.get("input"), Mapping)


def _shown(mistake: Mistake) -> str | None:
    """The value as it was sent; None if it may be secret, or has many parts."""
    value = mistake.get("input")
    if _is_secret(mistake["loc"]) or not isinstance(value, str | int | float | None):
        return None
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return _quoted(value) if isinstance(value, str) else _short(str(value))


def _is_secret(loc: Sequence[str | int]) -> bool:
    words = re.split(r"[^a-z]+", " ".join(map(str, loc)).lower())
    return loc[0] in ("header", "cookie") or not _SECRET.isdisjoint(words)


def _quoted(text: str) -> str:
    """In quotes, with whatever cannot be printed escaped."""
    return repr(_short(text))


def _short(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
