"""A worker of its own process, with a job that takes a while: started and killed by test_worker.py."""

import os
import sys
import time
from pathlib import Path
from typing import Any

from lms import create_app
from lms.kernel import jobs
from lms.kernel.jobs import Progress
from tests.conftest import config_for


@jobs.kind("tests.slow")
def slow(progress: Progress, *, steps: int) -> dict[str, Any]:
    """A step each twentieth of a second; whole steps stay done."""
    for n in range(progress.job.done, steps):
        time.sleep(0.05)
        progress.at(n + 1, steps, "Step %(n)s", n=n + 1)
    return {"steps": steps, "worker": os.getpid()}


if __name__ == "__main__":
    app = create_app(config_for(sys.argv[1], Path(sys.argv[2])))
    app.test_cli_runner().invoke(args=["jobs", "work", "--workers", "1"])
