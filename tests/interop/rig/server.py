"""IOCs as processes: ours and EPICS base's, started the same way, so that one test can be run on both."""
import os
import sys
import time
from pathlib import Path

import pytest

from rig.ports import private_environment
from rig.process import Process
from rig.repeater import Repeater

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = Path(os.environ.get("IOCHRON_PROGRAM", ROOT / "build/release/bin/iochron"))
READY = "iocRun: All initialization complete"


class Server:
    """A running IOC, and the environment in which clients find it. `close` stops it by its pid."""

    def __init__(self, arguments, environment=None, ready=READY):
        self.environment = environment or private_environment()
        # First, for an IOC with links to another IOC is a client too.
        self._repeater = Repeater(int(self.environment["EPICS_CA_REPEATER_PORT"]))
        self.process = Process(arguments, self.environment)
        try:
            self.process.wait_for_line(ready)
        except BaseException:
            self.close()
            raise

    def wait_for_clients(self, circuits, channels, subscriptions, timeout=30):
        """Asks our IOC's shell until its Channel Access server has just these."""
        wanted = f"{circuits} circuits, {channels} channels, {subscriptions} subscriptions"
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            asked = len(self.process.lines)
            self.process.type("casr")
            index = self.process.wait_for_line("Channel Access server on port", timeout, after=asked)
            if wanted in self.process.lines[index]:
                return
        raise AssertionError(f"the server has not come to {wanted}; it has {self.process.lines[index]}")

    def close(self):
        if self._repeater is not None:
            self._repeater.close()
            self._repeater = None
        return self.process.stop()


def soft_ioc_command(database, macros=""):
    """EPICS base's IOC, as the package epicscorelibs brings it."""
    return [sys.executable, "-m", "epicscorelibs.ioc", *(["-m", macros] if macros else []), "-d", database]


def pvxs_ioc_command(database, macros=""):
    """The same with PVXS' pvAccess server and QSRV 2, as the package pvxslibs brings it."""
    return [sys.executable, "-m", "pvxslibs.ioc", *(["-m", macros] if macros else []), "-d", database]


def iochron_program(name="iochron"):
    """The program, under its own name or one of its other names (caget). Skips the test while it is not written yet;
    where its source is there and the program is not, the build is broken, and that is an error."""
    if not (ROOT / "src/cli/iochron_main.cpp").exists() and "IOCHRON_PROGRAM" not in os.environ:
        pytest.skip("the program iochron is not written yet")
    program = PROGRAM if name == "iochron" else PROGRAM.parent / "compat" / name
    assert program.exists(), f"{program.name} has not been built"
    return program


def iochron_ioc_command(database, macros=""):
    return [iochron_program(), "ioc", *(["-m", macros] if macros else []), "-d", database]
