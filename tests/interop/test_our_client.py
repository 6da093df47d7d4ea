"""Our client against servers of others: base's IOC and caproto's, records of every type, and many that count."""
import sys

import pytest

from rig.client import run_tool
from rig.ports import private_environment
from rig.process import Process
from rig.server import Server, iochron_program

DATABASE = """
record(waveform, "W:D") { field(FTVL, "DOUBLE") field(NELM, "10") }
record(waveform, "W:C") { field(FTVL, "CHAR") field(NELM, "200") }
record(waveform, "W:S") { field(FTVL, "STRING") field(NELM, "4") }
record(bo, "BO") { field(ZNAM, "Shut") field(ONAM, "Open") }
record(stringout, "SO") { field(VAL, "out") }
record(longout, "LO") { field(DRVH, "10") field(DRVL, "-10") }
record(ao, "AO") { field(DRVH, "5") field(DRVL, "-5") field(PREC, "2") }
"""


def put_and_get(environment, name, put, *get):
    run_tool(environment, "caput", "-c", *put)
    return run_tool(environment, "caget", "-t", *get, name).stdout


@pytest.mark.parametrize("name, put, get, shown", [
    ("W:D", ("-a", "W:D", "3", "1.5", "-2", "3"), (), "10 1.5 -2 3 0 0 0 0 0 0 0\n"),
    ("W:D", ("-a", "W:D", "3", "1.5", "-2", "3"), ("-#", "2"), "2 1.5 -2\n"),
    ("W:C", ("-S", "W:C", "a longer text"), ("-S",), "a longer text\n"),
    ("BO", ("BO", "Open"), (), "Open\n"),
    ("BO", ("BO", "1"), ("-n",), "1\n"),
    ("SO", ("SO", "two words"), (), "two words\n"),
    ("LO", ("LO", "25"), (), "10\n"),
    ("LO", ("LO", "-25"), ("-0x",), "0xFFFFFFF6\n"),
    ("AO", ("AO", "-7.5"), (), "-5\n"),
    ("AO", ("AO", "1.25"), ("-s",), "1.25\n"),
])
def test_records_of_every_type(any_ioc, name, put, get, shown):
    assert put_and_get(any_ioc(DATABASE).environment, name, put, *get) == shown


CAPROTO_SERVER = """
import sys
from caproto import ChannelType
from caproto.server import PVGroup, pvproperty, run
class Group(PVGroup):
    number = pvproperty(value=1.5, name="NUMBER", units="mm", precision=2)
    text = pvproperty(value="hello", name="TEXT", dtype=ChannelType.STRING)
    choice = pvproperty(value="Off", name="CHOICE", dtype=ChannelType.ENUM, enum_strings=["Off", "On"], record="bi")
    array = pvproperty(value=[1, 2, 3], name="ARRAY")
async def ready(async_lib):
    print("ready", flush=True)
run(Group(prefix="").pvdb, interfaces=["127.0.0.1"], log_pv_names=False, startup_hook=ready)
"""


@pytest.fixture
def caproto_ioc():
    server = Server([sys.executable, "-c", CAPROTO_SERVER], private_environment(), ready="ready")
    yield server
    server.process.terminate()
    server.close()


def test_an_ioc_of_caproto(caproto_ioc):
    environment = caproto_ioc.environment
    assert run_tool(environment, "caget", "-t", "NUMBER", "TEXT", "CHOICE", "ARRAY").stdout == "1.5\nhello\nOff\n3 1 2 3\n"
    assert "Units:            mm\n" in run_tool(environment, "caget", "-d", "CTRL_DOUBLE", "NUMBER").stdout
    assert put_and_get(environment, "NUMBER", ("NUMBER", "2.5")) == "2.5\n"
    assert put_and_get(environment, "CHOICE", ("CHOICE", "On")) == "On\n"
    assert put_and_get(environment, "TEXT", ("TEXT", "other")) == "other\n"
    monitor = Process([iochron_program("camonitor"), "-t", "n", "NUMBER"], environment)
    try:
        monitor.wait_for_line("2.5")
        for value in range(10, 15):
            run_tool(environment, "caput", "NUMBER", value)
            monitor.wait_for_line(f" {value}")
        shown = [line.split()[1] for line in monitor.output.splitlines() if line.startswith("NUMBER")]
    finally:
        monitor.stop()
    assert shown == ["2.5", "10", "11", "12", "13", "14"]


def test_five_hundred_records_that_count(any_ioc):
    names = [f"C:{n}" for n in range(500)]
    server = any_ioc("".join(
        f'record(calc, "{name}") {{ field(INPA, "{name} NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }}\n'
        for name in names))
    monitor = Process([iochron_program("camonitor"), "-t", "n", *names], server.environment)
    try:
        index = -1
        for _ in range(20):
            index = monitor.wait_for_line("C:499 ", 60, after=index + 1)
        lines = monitor.output.splitlines()
    finally:
        monitor.stop()
    values = {name: [] for name in names}
    for line in lines:
        name, value = line.split()[:2]
        values[name].append(int(value))
    for name, run in values.items():
        assert len(run) >= 10 and run == list(range(run[0], run[0] + len(run))), (name, run)
