"""What the commands of ``storefront`` do. A module is imported when a command of it runs, so that
``--help`` is quick and a server starts without what only imports need.
"""

import argparse
import pkgutil

from pydantic import ValidationError

from storefront import collector
from storefront.commands.outcome import FAILED, INTERRUPTED, USAGE_ERROR, print_error
from storefront.errors import StoreError
from storefront.setting_mistakes import mistakes, unknown_variables
from storefront.settings import Settings, variables
from storefront.telemetry import logs
from storefront.terminal import console

_COMMANDS = {
    "serve": "serving:serve",
    "run": "running:run",
    "migrate": "migrating:migrate",
    "import": "products:import_file",
    "export": "products:export",
    "demo": "products:demo",
    "rebuild": "background:rebuild",
    "work": "background:work",
    "embed": "background:embed",
    "insight": "background:insight",
    "audit": "checking:audit",
    "settle-pending": "checking:settle_pending",
    "check-deploy": "checking:check_deploy",
}


# Their log has slow statements by default. That of others is on the terminal, among their output.
_SERVING = ("run", "serve", "work")


def perform(arguments: argparse.Namespace) -> int:
    """Run the command that the arguments name. Returns its exit code; errors are printed, not raised."""
    try:
        settings = Settings()
    except ValidationError as error:
        for _, sentence in mistakes(error):
            console.print(sentence, style="red")
        return USAGE_ERROR
    for sentence in unknown_variables(variables()):
        console.print(sentence, style="yellow")
    if asked := getattr(arguments, "workers", None):
        settings = settings.model_copy(update={"workers": asked})
    settings = for_command(arguments.command, settings)
    logs.configure(settings.log_level, settings.log_format)
    with collector.paused():
        command = pkgutil.resolve_name(f"{__name__}.{_COMMANDS[arguments.command]}")
    try:
        code: int = command(arguments, settings)
        return code
    except StoreError as error:
        print_error(error)
        return FAILED
    except KeyboardInterrupt:
        console.print(
            "Interrupted. What was written is consistent; run the command again for the rest."
        )
        return INTERRUPTED


def for_command(command: str, settings: Settings) -> Settings:
    """The settings with a command's own defaults."""
    if command in _SERVING or "slow_statement_ms" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"slow_statement_ms": 0})
