"""Phoebus' core-pva (Java) and ours: its client with our servers, our client and p4p with its server."""
import re

import pytest

from rig.client import run_python, run_tool
from rig.phoebus import SERVER, core_pva, pva_client
from rig.ports import private_environment
from rig.process import Process
from rig.server import iochron_program

RECORDS = """
record(ai, "AI") { field(VAL, "1.5") field(EGU, "mm") field(PREC, "3") field(PINI, "YES") }
record(ao, "AO") { field(VAL, "2") field(PINI, "YES") }
record(bo, "BO") { field(ZNAM, "Shut") field(ONAM, "Open") field(VAL, "1") field(PINI, "YES") }
record(waveform, "WF") { field(FTVL, "LONG") field(NELM, "4") field(INP, [1, 2, 3]) }
record(stringin, "SI") { field(VAL, "text") }
record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return core_pva(tmp_path_factory.mktemp("phoebus"))


def test_its_client_reads_and_writes_our_records(archive, iochron_ioc):
    server = iochron_ioc(RECORDS)
    got = pva_client(archive, server.environment, "get", "AI", "BO", "WF", "SI")
    assert "double value 1.5" in got and "string units mm" in got
    assert "enum_t value [Open]" in got and "string[] choices [Shut, Open]" in got
    assert "int[] value [1, 2, 3]" in got and "string value text" in got
    assert "epics:nt/NTScalar:1.0" in pva_client(archive, server.environment, "info", "AI")
    pva_client(archive, server.environment, "put", "AO", "7.25")
    assert run_tool(server.environment, "caget", "-t", "AO").stdout.strip() == "7.25"


def test_its_client_monitors_our_records(archive, iochron_ioc):
    server = iochron_ioc(RECORDS)
    watching = Process(["java", "-cp", str(archive), "org.epics.pva.client.PVAClientMain", "monitor", "COUNT"],
                       server.environment)
    try:
        for _ in range(6):
            index = watching.wait_for_line("double value", after=0 if not watching.lines else index + 1)
        counts = [float(number) for number in re.findall(r"double value (\S+)", watching.output)]
    finally:
        watching.terminate()
        watching.stop()
    assert counts == [counts[0] + i for i in range(len(counts))]


@pytest.fixture(scope="module")
def its_server(archive):
    environment = private_environment()
    server = Process(["java", "-cp", str(archive), str(SERVER)], environment)
    try:
        server.wait_for_line("ready", timeout=60)
        yield environment
    finally:
        server.stop()


VALUES = {"BOOL": "true", "BYTE": "-128", "UBYTE": "255", "SHORT": "-32768", "INT": "-2147483648",
          "LONG": "-9223372036854775808", "FLOAT": "1.5", "DOUBLE": "0.1", "STRING": "text", "BYTES": "[1,-2]",
          "SHORTS": "[1,-2]", "INTS": "[1,-2,3]", "LONGS": "[1,9223372036854775807]", "FLOATS": "[1.5,-2.5]",
          "DOUBLES": "[0.1,-1e+300]"}


def test_our_client_reads_its_server_as_p4p_does(its_server):
    said = run_tool(its_server, "pvget", "-w", "20", *VALUES).stdout
    for name, value in VALUES.items():
        line = next(line for line in said.split("\n") if line.startswith(name + " "))
        assert f" {value} " in line + " ", line
        assert "MINOR" in line and "DEVICE" in line and "so so" in line
    code = """
    from p4p.client.thread import Context
    context = Context("pva", nt=False)
    answer([str(context.get(name, timeout=20).value) for name in ["LONG", "DOUBLE", "STRING"]])
    """
    assert run_python(its_server, code) == ["-9223372036854775808", "0.1", "text"]


def test_our_client_reads_its_enum_texts_and_union(its_server):
    said = run_tool(its_server, "pvget", "-w", "20", "ENUM", "STRINGS", "UNION").stdout
    assert "On" in said and "one" in said and "three" in said and "7" in said


def test_our_client_writes_to_its_server(its_server):
    run_tool(its_server, "pvput", "-w", "20", "PUT", "42.5")
    assert "42.5" in run_tool(its_server, "pvget", "-w", "20", "PUT").stdout


def test_our_client_monitors_its_server(its_server):
    watching = Process([iochron_program("pvmonitor"), "COUNT"], its_server)
    try:
        index = -1
        for _ in range(6):
            index = watching.wait_for_line("COUNT", after=index + 1)
        counts = [int(line.split()[3]) for line in watching.lines if line.startswith("COUNT ")]
    finally:
        watching.terminate()
        watching.stop()
    assert counts == [counts[0] + i for i in range(len(counts))]
