"""What `python` and a package's command are in a folder of programs; see __init__.py."""

import os
import socket
import sys

OPTIONS = ("-W", "-X", "-I", "-E", "-S", "-s", "-u", "-V", "--version")
HARMLESS = {"PYTHONUTF8=1", "PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"}

here, name = os.path.split(os.path.abspath(sys.argv[0]))
arguments = sys.argv[1:] if name == "python" else ["-m", f"{name}.cli", *sys.argv[1:]]
variables = [f"{key}={value}" for key, value in os.environ.items()]
is_for_the_interpreter = (
    not arguments
    or arguments[0].startswith(OPTIONS)
    or any(variable.startswith("PYTHON") and variable not in HARMLESS for variable in variables)
)
if is_for_the_interpreter:
    os.execv(sys.executable, [sys.executable, *arguments])
parts = [os.getcwd(), str(len(arguments)), *arguments, *variables]
message = b"\0".join(map(os.fsencode, parts))
server = socket.socket(socket.AF_UNIX)
server.connect(os.path.join(here, "socket"))
socket.send_fds(server, [len(message).to_bytes(8, "big")], [0, 1, 2])
server.sendall(message)
code = int(server.makefile().read() or "1")
if code < 0:
    os.kill(os.getpid(), -code)
os._exit(code)
