"""A local Lakebase: an embedded Postgres behind the service's sign-in, tokens and login.

Unmodified clients (the Databricks SDK, any Postgres driver) connect through the variables of
`Emulator.environment()`:

    with running_emulator() as emulator:
        subprocess.run(["my-tests"], env=os.environ | emulator.environment())

It is an independent check of the library, so it shares no code with it. What the service does not
document is marked "Assumed" where it is decided.
"""

from lakepass.emulator.config import (
    App,
    Attached,
    Branch,
    Config,
    Endpoint,
    Group,
    Instance,
    Project,
    ServicePrincipal,
    ServingEndpoint,
    Way,
)
from lakepass.emulator.faults.switches import Faults
from lakepass.emulator.gateway.refusals import Dialect
from lakepass.emulator.postgres.binaries import EmulatorError
from lakepass.emulator.running import Emulator, running_emulator

__all__ = [
    "App",
    "Attached",
    "Branch",
    "Config",
    "Dialect",
    "Emulator",
    "EmulatorError",
    "Endpoint",
    "Faults",
    "Group",
    "Instance",
    "Project",
    "ServicePrincipal",
    "ServingEndpoint",
    "Way",
    "running_emulator",
]
