"""Child processes end with the process that started them."""

import subprocess
import sys

PROGRAM = """
import os, time
from storefront.child_processes import process_pool
pool = process_pool(1)
print(pool.submit(os.getpid).result(), flush=True)
time.sleep(600)
"""


def test_a_child_process_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert int(parent.stdout.readline()) != parent.pid
        parent.kill()
        # The child has the same standard output, so this returns once both have ended.
        assert parent.stdout.read() == ""
