"""The photograph that was sent to be looked at."""

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from storefront.texts import _
from storefront.vision.photograph_reader import MAX_BYTES

MAX_FORM_BYTES = MAX_BYTES + 10_000
"""Of the form of the page: a photograph, and what stands around it."""


def first_photograph(form: FormData) -> UploadFile | None:
    """The first file that is not empty: of several photographs, only one is looked at."""
    files = (one for one in form.getlist("image") if isinstance(one, UploadFile))
    return next((one for one in files if one.size), None)


def is_declared_too_large(request: Request) -> bool:
    """Whether the form is longer than any form with a photograph of the size that is allowed."""
    declared = request.headers.get("content-length", "")
    return declared.isdecimal() and int(declared[:20]) > MAX_FORM_BYTES


def too_large() -> str:
    """What is said of a file that is."""
    return _(
        "This file is larger than %(most)s MB. Send a smaller copy of it.",
        most=MAX_BYTES // 1_000_000,
    )
