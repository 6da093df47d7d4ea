"""The rig itself: servers are found and read by the peers' clients, several at a time, and leave nothing behind."""
import os

import pytest

from rig.client import run_python
from rig.ports import free_ports
from rig.server import Server, iochron_ioc_command, soft_ioc_command

DATABASE = """
record(ai, "$(P=RIG:)A") { field(VAL, "1.5") field(EGU, "mm") field(PREC, "2") }
record(calc, "$(P=RIG:)COUNT") { field(INPA, "$(P=RIG:)COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }
"""

AIOCA_GET = """
import asyncio
from aioca import caget, FORMAT_CTRL
async def main():
    value = await caget(sys.argv[1], format=FORMAT_CTRL, timeout=10)
    return {"value": float(value), "units": value.units, "precision": value.precision}
answer(asyncio.run(main()))
"""

CAPROTO_GET = """
from caproto.sync.client import read
response = read(sys.argv[1], data_type="control", timeout=10, repeater=False)
answer({"value": response.data[0], "units": response.metadata.units.decode(), "precision": response.metadata.precision})
"""

PYEPICS_GET = """
import epics
pv = epics.PV(sys.argv[1], connection_timeout=10, form="ctrl")
assert pv.wait_for_connection(10)
answer({"value": pv.get(timeout=10), "units": pv.units, "precision": pv.precision})
"""

AIOCA_MONITOR = """
import asyncio
from aioca import camonitor
async def main():
    values, enough = [], asyncio.Event()
    def update(value):
        values.append(float(value))
        if len(values) == 4:
            enough.set()
    subscription = camonitor(sys.argv[1], update, all_updates=True)
    await asyncio.wait_for(enough.wait(), 20)
    subscription.close()
    return values[:4]
answer(asyncio.run(main()))
"""


@pytest.mark.parametrize("client", [AIOCA_GET, CAPROTO_GET, PYEPICS_GET], ids=["aioca", "caproto", "pyepics"])
def test_reads(any_ioc, client):
    server = any_ioc(DATABASE)
    assert run_python(server.environment, client, "RIG:A") == {"value": 1.5, "units": "mm", "precision": 2}


def test_monitors(any_ioc):
    values = run_python(any_ioc(DATABASE).environment, AIOCA_MONITOR, "RIG:COUNT")
    assert values == [values[0] + n for n in range(4)]


def test_two_servers_at_once(soft_ioc, iochron_ioc):
    first = soft_ioc(DATABASE, "P=ONE:")
    second = iochron_ioc(DATABASE, "P=TWO:")
    assert run_python(first.environment, AIOCA_GET, "ONE:A")["value"] == 1.5
    assert run_python(second.environment, AIOCA_GET, "TWO:A")["value"] == 1.5
    with pytest.raises(AssertionError, match="CANothing|imeout|not found"):
        run_python(first.environment, AIOCA_GET.replace("timeout=10", "timeout=1"), "TWO:A")


def test_server_is_gone_after_close(any_ioc):
    server = any_ioc(DATABASE)
    pid = server.process.pid
    assert server.close() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("command", [soft_ioc_command, iochron_ioc_command])
def test_server_that_cannot_start_is_reported(tmp_path, command):
    with pytest.raises(AssertionError, match="no_such_file"):
        Server(command(tmp_path / "no_such_file.db"))


def test_free_ports_differ():
    assert len(set(free_ports(20))) == 20
