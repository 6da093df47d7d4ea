"""pvinfo, pvlist, pvcall, and pvget, pvput and pvmonitor with pvRequests and structures, against servers that p4p makes
and IOCs, ours and PVXS'. What is expected word for word was printed by the tools of EPICS 7 (pvAccessCPP 7.1.8)."""
import re
import subprocess
import sys

import pytest

from rig.client import run_tool
from rig.server import iochron_program

DATABASE = """
record(ai, "AI") { field(VAL, "1.5") field(PINI, "YES") }
record(bo, "BO") { field(ZNAM, "Shut") field(ONAM, "Open") field(PINI, "YES") }
record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }
record(calc, "ONCE") { field(INPA, "ONCE NPP NMS") field(CALC, "A+1") }
"""

SERVER = """
import sys
from p4p import Type, Value
from p4p.nt import NTEnum, NTScalar, NTTable
from p4p.server import Server
from p4p.server.thread import SharedPV
table = NTTable.buildType(columns=[("name", "as"), ("value", "ad")])
nested = Type([("u", ("U", None, [("a", "i"), ("b", "s")])), ("any", "v"),
               ("sa", ("aS", None, [("x", "i"), ("y", "as")])), ("st", ("S", "my_id", [("q", "d"), ("e", "b")]))],
              id="x:y:1.0")
pvs = {"S:D": SharedPV(nt=NTScalar("d"), initial=1.5),
       "S:A": SharedPV(nt=NTScalar("ai"), initial=[1, 2, 3]),
       "S:E": SharedPV(nt=NTEnum(), initial={"index": 1, "choices": ["a", "b"]}),
       "S:T": SharedPV(initial=Value(table, {"labels": ["Name", "Value"],
                                             "value": {"name": ["x", "y z"], "value": [1.0, 2.0]}})),
       "S:U": SharedPV(initial=Value(nested, {"u": ("a", 4), "any": 1.5, "sa": [{"x": 1, "y": ["p", "q r"]}, None],
                                              "st": {"q": 2.5, "e": 3}}))}
for name in list(pvs):
    @pvs[name].put
    def put(pv, op):
        pv.post(op.value())
        op.done()
service = SharedPV()
@service.rpc
def rpc(pv, op):
    query = op.value().query
    if "lhs" in query:
        op.done(Value(NTScalar.buildType("d"), {"value": float(query.lhs) + float(query.rhs)}))
    elif "fail" in query:
        op.done(error="no such thing")
    elif "table" in query:
        op.done(pvs["S:T"].current())
    elif "none" in query:
        op.done()
    else:
        op.done(op.value())
pvs["S:R"] = service
with Server(providers=[pvs]):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def p4p(environment):
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", SERVER], env=environment, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield environment
        process.stdin.close()
        process.wait(20)


@pytest.fixture(params=["iochron", "pvxs"])
def ioc(request, start):
    return start(request.param, DATABASE)


def test_pvinfo_prints_server_and_type(p4p):
    port = p4p["EPICS_PVAS_SERVER_PORT"]
    assert run_tool(p4p, "pvinfo", "S:U", "S:E").stdout == f"""S:U
Server: 127.0.0.1:{port}
Type:
    x:y:1.0
        union u
            int a
            string b
        any any
        structure[] sa
            structure
                int x
                string[] y
        my_id st
            double q
            byte e

S:E
Server: 127.0.0.1:{port}
Type:
    epics:nt/NTEnum:1.0
        enum_t value
            int index
            string[] choices
        alarm_t alarm
            int severity
            int status
            string message
        time_t timeStamp
            long secondsPastEpoch
            int nanoseconds
            int userTag

"""
    nobody = run_tool(p4p, "pvinfo", "-w", "0.3", "S:NONE", check=False)
    assert nobody.returncode == 1 and nobody.stderr.startswith("S:NONE Error: ")


def test_pvinfo_of_a_record(ioc):
    text = run_tool(ioc.environment, "iochron", "info", "pva://AI").stdout
    assert text.startswith(f"AI\nServer: 127.0.0.1:{ioc.environment['EPICS_PVAS_SERVER_PORT']}\nType:\n"
                           "    epics:nt/NTScalar:1.0\n        double value\n        alarm_t alarm\n")


def test_pvlist_finds_servers_and_their_names(p4p):
    found = run_tool(p4p, "pvlist", "-w", "0.6").stdout
    address = f"127.0.0.1:{p4p['EPICS_PVAS_SERVER_PORT']}"
    guid = re.fullmatch(rf"GUID (0x[0-9A-F]{{24}}) version 2: tcp@\[ {address} \]\n", found)[1]
    names = "S:A\nS:D\nS:E\nS:R\nS:T\nS:U\n"
    assert run_tool(p4p, "pvlist", address).stdout == names
    assert run_tool(p4p, "pvlist", "localhost").stdout == names
    assert run_tool(p4p, "pvlist", "-w", "0.6", guid).stdout == names
    assert run_tool(p4p, "pvlist", "-i", address).stdout.startswith("structure \n    string implLang cpp\n    string version ")
    unknown = run_tool(p4p, "pvlist", "-w", "0.3", "0x" + 24 * "0", check=False)
    assert (unknown.returncode, unknown.stderr) == (1, f"Failed to resolve GUID '0x{24 * '0'}'!\n")
    assert run_tool(p4p, "pvlist", "-w", "0.3", "127.0.0.1:9", check=False).returncode == 1


def test_pvlist_of_an_ioc(ioc):
    environment = ioc.environment
    assert " version 2: tcp@[ 127.0.0.1:" in run_tool(environment, "iochron", "list", "-w", "0.6").stdout
    names = run_tool(environment, "pvlist", f"127.0.0.1:{environment['EPICS_PVAS_SERVER_PORT']}").stdout
    assert sorted(names.split()) == ["AI", "BO", "COUNT", "ONCE"]


def test_pvcall(p4p):
    assert run_tool(p4p, "pvcall", "S:R", "lhs=1", "rhs=2").stdout == "<undefined>              3 \n"
    assert run_tool(p4p, "iochron", "call", "-M", "json", "pva://S:R", "lhs=1", "rhs=2").stdout.startswith('{"value":3,')
    sent = run_tool(p4p, "pvcall", "-v", "S:R", "a=1", 'b=[1,2,"x"]', 'c={"z":4,"y":[1,2]}').stdout
    uri = """epics:nt/NTURI:1.0 
    string scheme pva
    string authority 
    string path S:R
    structure query
        string a 1
        string[] b [1, 2, x]
        structure c
            long[] y [1,2]
            long z 4
"""
    assert sent == f"# Argument\n{uri}# Result\n{uri}"
    assert run_tool(p4p, "pvcall", "-s", "S:R", "-a", "table=1").stdout == """<undefined>                
 Name Value
    x     1
"y z"     2
"""
    assert run_tool(p4p, "pvcall", "S:R", "none=1").stdout == ""
    failed = run_tool(p4p, "pvcall", "S:R", "fail=1", check=False)
    assert (failed.returncode, failed.stderr) == (1, "Error: no such thing\n")
    assert run_tool(p4p, "pvcall", "S:R", "none", check=False).returncode == 1


def test_pvget_shows_what_the_pvrequest_asks_for(ioc):
    raw = run_tool(ioc.environment, "pvget", "-v", "-r", "field(value,alarm.severity)", "AI").stdout
    assert raw == "AI epics:nt/NTScalar:1.0 \n    double value 1.5\n    alarm_t alarm \n        int severity 0\n"
    assert run_tool(ioc.environment, "pvget", "-M", "json", "-r", "value", "AI").stdout == 'AI {"value":1.5}\n'
    wrong = run_tool(ioc.environment, "pvget", "-r", "field(", "AI", check=False)
    assert wrong.returncode == 1 and "at byte 6" in wrong.stderr


def test_pvget_aligns_names_and_prints_structures(p4p):
    assert run_tool(p4p, "pvget", "S:D", "pva://S:A").stdout == ("S:D <undefined>              1.5 \n"
                                                                  "S:A <undefined>              [1,2,3]\n")
    assert run_tool(p4p, "pvget", "S:U").stdout == """S:U x:y:1.0 
    union u
        int  4
    any any
        double  1.5
    structure[] sa
        structure 
            int x 1
            string[] y [p, "q r"]
        (none)
    my_id st
        double q 2.5
        byte e 3
"""


@pytest.mark.parametrize("name, values, shown", [
    ("S:D", ["value=3"], "3 "), ("S:D", ["-4.5"], "-4.5 "), ("S:D", ['{"value":5}'], "5 "),
    ("S:D", ["value=6", "alarm.severity=2"], "6 MAJOR "), ("S:A", ["[7,8]"], "[7,8]"), ("S:A", ["X", "5", "6"], "[5,6]"),
    ("S:A", ["value=[]"], "[]"), ("S:E", ["a"], "(0) a"), ("S:E", ["0"], "(0) a"), ("S:E", ["value.index=0"], "(0) a")])
def test_pvput_takes_values_pairs_and_json(p4p, name, values, shown):
    old, new = run_tool(p4p, "pvput", name, *values).stdout.splitlines()
    assert old.startswith("Old : <undefined>") and new == f"New : {'<undefined>':<24} {shown}"


def test_pvput_of_a_structure(p4p):
    put = '{"st":{"e":7},"sa":[{"x":5,"y":["k"]}],"u":"text","any":"any"}'
    shown = run_tool(p4p, "pvput", "-q", "S:U", put).stdout
    assert shown == """x:y:1.0 
    union u
        string  text
    any any
        string  any
    structure[] sa
        structure 
            int x 5
            string[] y [k]
    my_id st
        double q 2.5
        byte e 7
"""


@pytest.mark.parametrize("values", [["[1,2]"], ["abc"], ["x=1"], ["1", "value=2"], ["1", "2"], ["{"], ['{"nothing":1}']])
def test_pvput_refuses_what_makes_no_sense(p4p, values):
    assert run_tool(p4p, "pvput", "S:D", *values, check=False).returncode == 1
    assert run_tool(p4p, "pvget", "S:D").stdout.split()[2] == "1.5"


def test_pvput_processes_as_the_pvrequest_says(ioc):
    environment = ioc.environment
    run_tool(environment, "pvput", "-r", "record[process=true]", "ONCE.DESC", "x")
    assert run_tool(environment, "pvget", "-M", "json", "-r", "value", "ONCE").stdout == 'ONCE {"value":1}\n'
    run_tool(environment, "pvput", "-r", "record[process=false]", "BO", "Open")
    assert run_tool(environment, "pvget", "-M", "json", "-r", "value.index", "BO").stdout == 'BO {"value":{"index":1}}\n'


def monitor(environment, *arguments):
    return subprocess.Popen([iochron_program("pvmonitor"), *arguments], env=environment, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)


def test_a_pipelined_monitor_goes_on(ioc):
    with monitor(ioc.environment, "-M", "json", "-r", "field(value)record[queueSize=4,pipeline=true]", "COUNT") as client:
        try:
            lines = [client.stdout.readline() for _ in range(15)]
        finally:
            client.kill()
    values = [int(re.fullmatch(r'COUNT \{"value":(\d+)\}\n', line)[1]) for line in lines]
    assert values == list(range(values[0], values[0] + len(values)))


def test_a_monitor_shows_what_has_changed_or_ever_came(ioc):
    with monitor(ioc.environment, "-v", "-r", "field(value,display.units)", "COUNT") as client:
        try:
            first = [client.stdout.readline() for _ in range(4)]
            second = [client.stdout.readline() for _ in range(2)]
        finally:
            client.kill()
    assert [line.split()[:2] for line in first] == [["COUNT", "epics:nt/NTScalar:1.0"], ["double", "value"],
                                                    ["structure", "display"], ["string", "units"]]
    assert [line.split()[0] for line in second] == ["COUNT", "double"]


def test_a_monitor_that_cannot_be_is_told(p4p):
    assert run_tool(p4p, "pvmonitor", "-r", "record[pipeline=true,queueSize=1]", "S:D", check=False).returncode == 1


def test_options_are_those_of_epics(environment):
    for tool in ("pvget", "pvput", "pvmonitor", "pvinfo", "pvlist", "pvcall"):
        assert run_tool(environment, tool, "-h").stdout.startswith(f"usage: {tool} ")
        wrong = run_tool(environment, tool, "-x", check=False)
        assert (wrong.returncode, wrong.stderr) == (1, f"Unrecognized option: '-x'. ('{tool} -h' for help.)\n")
        lacking = run_tool(environment, tool, "-w", check=False)
        assert lacking.stderr == f"Option '-w' requires an argument. ('{tool} -h' for help.)\n"
    assert run_tool(environment, "pvput", "X", check=False).stderr.startswith("No value(s) specified.")
    assert run_tool(environment, "pvinfo", check=False).stderr.startswith("No pv name(s) specified.")
    assert run_tool(environment, "pvcall", check=False).stderr.startswith("No pv name specified.")


def test_pvput_of_numbers_beyond_int64_and_of_too_deep_json(iochron_ioc):
    server = iochron_ioc('record(int64out, "L") {}\nrecord(waveform, "UL") { field(FTVL, "UINT64") field(NELM, "3") }')
    put = run_tool(server.environment, "pvput", "-q", "-M", "json", "-r", "field(value)", "UL", "[18446744073709551615,1]")
    assert put.stdout == '{"value":[18446744073709551615,1]}\n'
    deep = run_tool(server.environment, "pvput", "L", '{"value":' + 30 * "[" + 30 * "]" + "}", check=False)
    assert (deep.returncode, deep.stderr) == (1, "L: JSON nests deeper than 20\n")
