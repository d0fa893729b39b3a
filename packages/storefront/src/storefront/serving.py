"""The app as a process serves it, with the settings of its environment."""

import multiprocessing
import os
import signal
import threading

from fastapi import FastAPI

from storefront import collector
from storefront.settings import Settings
from storefront.telemetry import logs, tracing

with collector.paused():
    from storefront.app import create_app


def serving_app() -> FastAPI:
    """The app of one process."""
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    if settings.traces:
        tracing.start("storefront")
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with collector.paused():
        app = create_app(settings)
    collector.keep_what_is_loaded()
    return app


def _end_with(parent: "multiprocessing.process.BaseProcess") -> None:
    """Stop as by SIGTERM once the parent is gone, however it ended."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
