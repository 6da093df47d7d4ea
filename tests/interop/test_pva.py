"""Records over pvAccess: what p4p (a PVXS client) sees of ours is what it sees of softIocPVX with the same records."""
import contextlib
import signal
import socket
import subprocess
import sys

import pytest

from rig.client import PLAIN, run_python
from rig.ports import private_environment

DATABASE = """
record(ai, "AI") { field(VAL, "1.5") field(EGU, "mm") field(PREC, "3") field(HOPR, "10") field(LOPR, "-10")
                   field(HIHI, "8") field(HHSV, "MAJOR") field(DESC, "a position") field(PINI, "YES") }
record(ao, "AO") { field(VAL, "2") field(DRVH, "5") field(DRVL, "-5") field(PINI, "YES") }
record(calc, "CALC") { field(CALC, "A*2") field(INPA, "4") field(PINI, "YES") }
record(bi, "BI") { field(ZNAM, "Off") field(ONAM, "On") }
record(bo, "BO") { field(ZNAM, "Shut") field(ONAM, "Open") field(PINI, "YES") }
record(bo, "NAMELESS") {}
record(mbbo, "MBBO") { field(ZRST, "a") field(ONST, "b") field(TWST, "c") }
record(longin, "LI") { field(VAL, "7") field(EGU, "n") field(HOPR, "100") }
record(longout, "LO") { field(VAL, "-3") field(PINI, "YES") field(HIHI, "50") field(HHSV, "MINOR") }
record(int64out, "I64") { field(VAL, "123456789012345") field(PINI, "YES") }
record(stringin, "SI") { field(VAL, "text") }
record(stringout, "SO") { field(VAL, "out") field(PINI, "YES") }
record(waveform, "WD") { field(FTVL, "DOUBLE") field(NELM, "10") field(EGU, "V") }
record(waveform, "WS") { field(FTVL, "STRING") field(NELM, "4") }
record(waveform, "WL") { field(FTVL, "LONG") field(NELM, "10") }
record(waveform, "WC") { field(FTVL, "CHAR") field(NELM, "10") }
record(waveform, "ONE") { field(FTVL, "DOUBLE") field(NELM, "1") }
record(ao, "LOCKED") { field(DISP, "1") }
"""
COUNTING = 'record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }\n'

NAMES = ["AI", "AO", "CALC", "BI", "BO", "NAMELESS", "MBBO", "LI", "LO", "I64", "SI", "SO", "WD", "WS", "WL", "WC",
         "ONE", "AI.DESC", "AI.SCAN", "AI.EGU", "AI.PREC", "AI.HIHI", "AI.HHSV", "AI.NAME", "AI.RTYP", "AI.STAT",
         "AI.SEVR", "AI.UDF", "AI.PROC", "AI.TSE", "AI.INP", "AI.FLNK", "BO.ZNAM", "BO.OSV", "MBBO.ONVL", "LO.VAL",
         "WD.NELM", "WD.NORD", "CALC.CALC", "CALC.INPA", "CALC.A"]

LOOK = PLAIN + """
from p4p.client.thread import Context

def look(context, name):
    try:
        value = context.get(name, timeout=20)
    except Exception as error:
        return {"error": type(error).__name__}
    shape = value.todict()
    shape.get("timeStamp", {}).pop("secondsPastEpoch", None)
    shape.get("timeStamp", {}).pop("nanoseconds", None)
    return {"id": value.getID(), "value": plain(shape), "changed": dict.fromkeys(value.changedSet(), True),
            "type": repr(value.type().aspy())}

context = Context("pva", nt=False)
"""

# What differs and may: fields that are marked as sent though they hold what they held before, and CALC.A, of which CA
# clients see these limits from base too.
MAY_DIFFER = ("/changed/display.form.index", "/changed/display.units", "/MBBO.ONVL/changed/", "/WD.NELM/changed/valueAlarm",
              "/WD.NORD/changed/valueAlarm")

# (name, put, pvRequest): the answer and what is then read must be alike.
PUTS = [("AO", 3.25, None), ("AO", 77, None), ("AO", 4, "record[process=false]"), ("AO", 1, "record[process=true]"),
        ("AO", 2, "record[block=true]"), ("LO", 60, None), ("LO", -5, None), ("I64", 2**40, None), ("SO", "other", None),
        ("WD", [1.5, 2.5], None), ("WL", [1, 2, 3], None), ("WS", ["x", "yy"], None), ("WC", [104, 105], None),
        ("BO", 1, None), ("MBBO", 2, None), ("AI.DESC", "new words", None), ("AI.SCAN", 6, None), ("AI.HIHI", 9, None),
        ("CALC.CALC", "A+1", None), ("LOCKED", 1, None), ("AI.NAME", "no", None), ("LO", 12, "field(value)")]


@pytest.fixture
def both(iochron_ioc, pvxs_ioc):
    return iochron_ioc(DATABASE), pvxs_ioc(DATABASE)


def differences(ours, theirs, path=""):
    """The parts of two answers that differ, by their paths."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return {at: pair for key in ours | theirs
                for at, pair in differences(ours.get(key), theirs.get(key), f"{path}/{key}").items()}
    return {} if ours == theirs else {path: (ours, theirs)}


def test_every_field_looks_as_qsrv_shows_it(both):
    code = LOOK + f"answer({{name: look(context, name) for name in {NAMES!r}}})"
    ours, theirs = (run_python(server.environment, code, timeout=60) for server in both)
    differ = {path: pair for path, pair in differences(ours, theirs).items()
              if not any(part in path for part in MAY_DIFFER)}
    assert not differ, "\n".join(f"{path}: {ours} here, {theirs} there" for path, (ours, theirs) in differ.items())


def test_puts_do_what_qsrv_does(both):
    code = LOOK + f"""
results = []
for name, value, request in {PUTS!r}:
    def fill(shape):
        if hasattr(shape.value, "index"):
            shape.value.index = value
        else:
            shape.value = value
    try:
        context.put(name, fill, request=request, timeout=20)
        done = "ok"
    except Exception as error:
        done = type(error).__name__
    seen = look(context, name)
    results.append([name, value, request, done, seen.get("value", {{}}).get("value"), seen.get("value", {{}}).get("alarm")])
answer(results)
"""
    ours, theirs = (run_python(server.environment, code, timeout=60) for server in both)
    differ = [f"{mine} here, {other} there" for mine, other in zip(ours, theirs) if mine != other]
    assert not differ, "\n".join(differ)


MONITOR = LOOK + """
import queue
updates = queue.Queue()
subscription = context.monitor(sys.argv[1], updates.put, request=sys.argv[2] or None, notify_disconnect=False)
got = [updates.get(timeout=20) for _ in range(int(sys.argv[3]))]
answer([[value.value, sorted(value.changedSet())] for value in got])
"""


@pytest.mark.parametrize("request_text", ["", "record[pipeline=true,queueSize=4]", "field(value,alarm,timeStamp)"])
def test_a_monitor_gets_every_update_in_order(iochron_ioc, request_text):
    server = iochron_ioc(COUNTING)
    got = run_python(server.environment, MONITOR, "COUNT", request_text, 10, timeout=60)
    values = [value for value, _ in got]
    assert values == [values[0] + i for i in range(10)]
    if not request_text.startswith("field"):
        assert "display.units" in got[0][1], "the first update is whole"
    assert got[1][1] == ["alarm.message", "alarm.severity", "alarm.status", "timeStamp.nanoseconds",
                         "timeStamp.secondsPastEpoch", "timeStamp.userTag", "value"]


def test_a_selection_is_all_that_is_sent(iochron_ioc):
    server = iochron_ioc(COUNTING)
    got = run_python(server.environment, MONITOR, "COUNT", "field(value)", 3, timeout=60)
    assert [changed for _, changed in got] == [["value"]] * 3


def test_a_changed_property_is_told(iochron_ioc):
    server = iochron_ioc(DATABASE)
    code = LOOK + """
import queue
updates = queue.Queue()
subscription = context.monitor("AI", updates.put)
updates.get(timeout=20)
context.put("AI.EGU", {"value": "km"}, timeout=20)
update = updates.get(timeout=20)
answer([update.display.units, "display.units" in update.changedSet()])
"""
    assert run_python(server.environment, code) == ["km", True]


def test_twenty_thousand_monitors_on_one_connection(iochron_ioc):
    server = iochron_ioc("".join(f'record(ao, "A:{i}") {{ field(VAL, "{i}") field(PINI, "YES") }}\n'
                                 for i in range(20000)))
    code = LOOK + """
import queue
updates = queue.Queue()
subscriptions = [context.monitor(f"A:{i}", lambda value: updates.put(value.value)) for i in range(20000)]
got = [updates.get(timeout=60) for _ in range(20000)]
answer(sorted(got) == list(range(20000)))
"""
    assert run_python(server.environment, code, timeout=240)


def test_two_servers_of_one_host_are_both_found_by_unicast(iochron_ioc, environment):
    iochron_ioc('record(ao, "FIRST") { field(VAL, "1") }', environment=environment)
    repeater = private_environment()["EPICS_CA_REPEATER_PORT"]
    iochron_ioc('record(ao, "SECOND") { field(VAL, "2") }',
                environment=environment | {"EPICS_CA_REPEATER_PORT": repeater})
    code = LOOK + 'answer([context.get(name, timeout=20).value for name in ("FIRST", "SECOND")])'
    assert run_python(environment, code, timeout=60) == [1, 2]


BACK_AGAIN = LOOK + """
import queue
updates = queue.Queue()
subscription = context.monitor("COUNT", updates.put, notify_disconnect=True)
def next_is(kind):
    while True:
        update = updates.get(timeout=60)
        if (type(update).__name__ if isinstance(update, Exception) else "value") == kind:
            return
next_is("value")
print("ready", flush=True)
next_is("Disconnected")
next_is("value")
print("back", flush=True)
sys.stdin.read()
"""


def test_a_client_comes_back_after_the_server_was_killed(iochron_ioc, environment):
    server = iochron_ioc(COUNTING, environment=environment)
    with subprocess.Popen([sys.executable, "-c", "import sys\n" + BACK_AGAIN], env=environment,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        try:
            assert client.stdout.readline() == "ready\n"
            server.process.signal(signal.SIGKILL)
            server.process.wait()
            server.close()
            iochron_ioc(COUNTING, environment=environment)
            assert client.stdout.readline() == "back\n"
        finally:
            client.kill()


GARBAGE = [b"GET / HTTP/1.1\r\n\r\n", b"\xca\x02\x40\x07" + bytes(4), b"\xca\x02\x00\x07\xff\xff\xff\xff",
           b"\xca\x02\x00\x07\x04\x00\x00\x00\x05\x00\x00\x00", b"\xca\x00\x00\x02\x00\x00\x00\x00",
           b"\xca\x02\x10\x0a\x00\x00\x00\x00\xca\x02\x00\x0b\x00\x00\x00\x00"]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_bytes_that_make_no_sense_end_their_connection_alone(iochron_ioc, garbage):
    server = iochron_ioc('record(ao, "A") { field(VAL, "3") }')
    port = int(server.environment["EPICS_PVAS_SERVER_PORT"])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(garbage)
        with contextlib.suppress(ConnectionError):
            while connection.recv(4096):
                pass
    assert run_python(server.environment, LOOK + 'answer(context.get("A", timeout=20).value)') == 3


def test_both_protocols_serve_the_same_record(iochron_ioc):
    server = iochron_ioc(DATABASE)
    run_python(server.environment, LOOK + 'context.put("AO", {"value": 4.5}, timeout=20)\nanswer(True)')
    code = "import epics\nanswer(epics.caget('AO', timeout=20))"
    assert run_python(server.environment, code) == 4.5
