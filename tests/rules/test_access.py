"""Every route says whom it is for: those of staff by the right that they declare."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from fastapi import FastAPI

ROOT = Path(__file__).parents[2]


def tool() -> ModuleType:
    """``bin/access.py``, which is no package."""
    spec = importlib.util.spec_from_file_location("access_tool", ROOT / "bin/access.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/admin/everything", "GET /admin/everything declares no right"),
        ("/api/v1/admin/everything", "GET /api/v1/admin/everything declares no right"),
        ("/everything", "Say in bin/access.py whom GET /everything is for"),
    ],
)
def test_a_new_route_must_say_whom_it_is_for(path: str, reason: str) -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_api_route(path, lambda: None)
    with pytest.raises(LookupError, match=reason):
        tool().access_page(app)
