"""The photograph that was sent to be looked at."""

from starlette.datastructures import FormData, UploadFile


def first_photograph(form: FormData) -> UploadFile | None:
    """The first file that is not empty: of several photographs, only one is looked at."""
    files = (one for one in form.getlist("image") if isinstance(one, UploadFile))
    return next((one for one in files if one.size), None)
