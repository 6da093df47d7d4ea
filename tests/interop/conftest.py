"""Fixtures of the interoperation tests. rig/ says how they work; test_rig.py shows how they are used."""
import shutil
from contextlib import ExitStack

import pytest

from rig.circuit import Circuit
from rig.island import Island
from rig.ports import private_environment
from rig.server import Server, iochron_ioc_command, pvxs_ioc_command, soft_ioc_command
from rig.watcher import Watcher

COMMANDS = {"iochron": iochron_ioc_command, "softioc": soft_ioc_command, "pvxs": pvxs_ioc_command}


@pytest.fixture
def start(tmp_path):
    """start(kind, database_text, macros="", environment=None) -> Server; all are stopped when the test is over."""
    with ExitStack() as servers:
        count = 0

        def start_one(kind, database, macros="", environment=None):
            nonlocal count
            count += 1
            path = tmp_path / f"{kind}{count}.db"
            path.write_text(database)
            server = Server(COMMANDS[kind](path, macros), environment)
            servers.callback(server.close)
            return server

        yield start_one


@pytest.fixture
def soft_ioc(start):
    """EPICS base's IOC: soft_ioc(database_text, macros="") -> Server."""
    return lambda database, macros="", **more: start("softioc", database, macros, **more)


@pytest.fixture
def pvxs_ioc(start):
    """EPICS base's IOC with PVXS: pvxs_ioc(database_text, macros="") -> Server."""
    return lambda database, macros="", **more: start("pvxs", database, macros, **more)


@pytest.fixture
def iochron_ioc(start):
    """Our IOC: iochron_ioc(database_text, macros="") -> Server."""
    return lambda database, macros="", **more: start("iochron", database, macros, **more)


@pytest.fixture(params=["iochron", "softioc"])
def any_ioc(request, start):
    """Ours and base's in turn: a test which takes this one holds ours to what base does."""
    return lambda database, macros="", **more: start(request.param, database, macros, **more)


@pytest.fixture
def connect():
    """connect(server, **more) -> Circuit; all are closed when the test is over."""
    with ExitStack() as circuits:
        def connect_one(server, **more):
            circuit = Circuit(int(server.environment["EPICS_CA_SERVER_PORT"]), **more)
            circuits.callback(circuit.close)
            return circuit

        yield connect_one


@pytest.fixture
def island():
    """A network namespace, for tests that cut links or route multicasts."""
    if shutil.which("unshare") is None or shutil.which("nsenter") is None or shutil.which("ip") is None:
        pytest.skip("unshare, nsenter and ip (util-linux, iproute2) are needed for a network namespace")
    one = Island()
    yield one
    one.close()


@pytest.fixture
def environment():
    """Private ports, for a test that starts its processes itself."""
    return private_environment()


@pytest.fixture
def watch():
    """watch(client, environment, *names) -> Watcher; all are ended when the test is over."""
    with ExitStack() as watchers:
        def watch_one(client, environment, *names):
            watcher = Watcher(client, environment, *names)
            watchers.callback(watcher.close)
            return watcher

        yield watch_one
