"""pvget, pvput and pvmonitor of ours against softIocPVX, our own IOC, and servers that p4p makes."""
import signal
import subprocess
import sys

import pytest

from rig.client import run_tool
from rig.server import iochron_program

DATABASE = """
record(ai, "AI") { field(VAL, "1.5") field(EGU, "mm") field(PREC, "3") field(HIHI, "1") field(HHSV, "MAJOR") field(PINI, "YES") }
record(ao, "AO") { field(VAL, "2") field(PINI, "YES") }
record(bo, "BO") { field(ZNAM, "Shut") field(ONAM, "Open") field(PINI, "YES") }
record(longout, "LO") { field(VAL, "-3") field(PINI, "YES") }
record(stringout, "SO") { field(VAL, "out") field(PINI, "YES") }
record(waveform, "WD") { field(FTVL, "DOUBLE") field(NELM, "10") }
record(ao, "LOCKED") { field(DISP, "1") }
record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }
"""

SERVER = """
import sys
from p4p.nt import NTScalar, NTTable, NTNDArray, NTEnum
from p4p.server import Server
from p4p.server.thread import SharedPV
import numpy
table = NTTable.buildType(columns=[("name", "as"), ("value", "ad")])
from p4p import Value
pvs = {"S:D": SharedPV(nt=NTScalar("d", display=True), initial=1.5), "S:A": SharedPV(nt=NTScalar("ai"), initial=[1, 2, 3]),
       "S:S": SharedPV(nt=NTScalar("s"), initial="text"), "S:E": SharedPV(nt=NTEnum(), initial={"index": 1, "choices": ["a", "b"]}),
       "S:T": SharedPV(initial=Value(table, {"labels": ["Name", "Value"], "value": {"name": ["x", "y"], "value": [1.0, 2.0]}})),
       "S:I": SharedPV(nt=NTNDArray(), initial=numpy.zeros((4, 6), dtype="u1"))}
@pvs["S:D"].put
def put(pv, op):
    pv.post(op.value())
    op.done()
with Server(providers=[pvs]):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["iochron", "pvxs"])
def server(request, start):
    return start(request.param, DATABASE)


@pytest.fixture
def p4p_server(environment):
    with subprocess.Popen([sys.executable, "-c", SERVER], env=environment, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield environment
        process.stdin.close()
        process.wait(20)


def value_of(line):
    """What pvget prints behind name, date and time."""
    return line.split(None, 2)[2].strip() if "<undefined>" in line else line.split(None, 3)[3].strip()


def test_values_of_every_type(server):
    lines = run_tool(server.environment, "pvget", "AI", "AO", "BO", "LO", "SO", "AI.DESC", "AI.SCAN").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["AI", "AO", "BO", "LO", "SO", "AI.DESC", "AI.SCAN"]
    assert value_of(lines[0]) == "1.5 MAJOR DEVICE HIHI"
    assert [value_of(line).split(" UDF ")[-1] for line in lines[1:5]] == ["2", "(0) Shut", "-3", "out"]


@pytest.mark.parametrize("name, values, shown", [("AO", ["4.5"], "4.5"), ("BO", ["Open"], "(1) Open"), ("LO", ["77"], "77"),
                                                 ("SO", ["other"], "other"), ("WD", ["2", "1", "2.5"], "[1,2.5]")])
def test_puts(server, name, values, shown):
    lines = run_tool(server.environment, "pvput", name, *values).stdout.splitlines()
    assert lines[0].startswith("Old : ") and lines[1].startswith("New : ")
    assert value_of(lines[1].replace("New :", name)) == shown


def test_what_cannot_be_is_told(server):
    refused = run_tool(server.environment, "pvput", "LOCKED", "1", check=False)
    assert refused.returncode == 1 and refused.stderr.startswith("LOCKED: ")
    text = run_tool(server.environment, "pvput", "AO", "abc", check=False)
    assert text.returncode == 1 and '"abc" is no number' in text.stderr
    nobody = run_tool(server.environment, "pvget", "-w", "0.3", "NOBODY:HAS:THIS", check=False)
    assert nobody.returncode == 1 and "was not connected in time" in nobody.stderr


def test_get_put_and_monitor_know_the_scheme(server):
    assert value_of(run_tool(server.environment, "iochron", "get", "pva://AO").stdout) == "2"


def monitor(environment, *names):
    return subprocess.Popen([iochron_program("pvmonitor"), *names], env=environment, stdout=subprocess.PIPE,
                            stdin=subprocess.DEVNULL, text=True)


def test_a_monitor_prints_every_update_in_order(server):
    with monitor(server.environment, "COUNT") as client:
        try:
            values = [float(value_of(client.stdout.readline()).split()[0]) for _ in range(10)]
        finally:
            client.kill()
    assert values == [values[0] + i for i in range(10)]


def test_a_monitor_comes_back_after_the_server_was_killed(iochron_ioc, environment):
    first = iochron_ioc(DATABASE, environment=environment)
    with monitor(environment, "COUNT") as client:
        try:
            assert client.stdout.readline().startswith("COUNT ")
            first.process.signal(signal.SIGKILL)
            first.process.wait()
            first.close()
            while client.stdout.readline() != "COUNT <Disconnect>\n":
                pass
            iochron_ioc(DATABASE, environment=environment)
            assert client.stdout.readline().startswith("COUNT ")
        finally:
            client.kill()


def test_structures_of_a_p4p_server(p4p_server):
    shown = run_tool(p4p_server, "pvget", "S:D", "S:A", "S:S", "S:E").stdout.splitlines()
    assert [value_of(line) for line in shown] == ["1.5", "[1,2,3]", "text", "(1) b"]
    table = run_tool(p4p_server, "pvget", "S:T").stdout
    assert "Name" in table and "x" in table
    image = run_tool(p4p_server, "pvget", "-M", "json", "S:I").stdout
    assert '"dimension":[{"size":6,' in image.replace(" ", "")
    assert value_of(run_tool(p4p_server, "pvput", "S:D", "7.25").stdout.splitlines()[1].replace("New :", "S:D")) == "7.25"
