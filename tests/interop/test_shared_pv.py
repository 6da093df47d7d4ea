"""PVs that a C++ program posts, as p4p (a PVXS client) sees them."""
import pytest

from rig.client import run_python, run_tool
from rig.ports import private_environment
from rig.process import Process
from rig.server import PROGRAM

LOOK = """
import queue
from p4p.client.thread import Context

context = Context("pva")
before = context.get("TEST:MAILBOX", timeout=20).raw.todict()
context.put("TEST:MAILBOX", 42, timeout=20)
after = context.get("TEST:MAILBOX", timeout=20).raw.todict()
refused = ""
try:
    context.rpc("TEST:MAILBOX", context.get("TEST:MAILBOX", timeout=20).raw, timeout=20)
except Exception as error:
    refused = str(error)
got = queue.Queue()
subscription = context.monitor("TEST:P00001", got.put)
updates = [got.get(timeout=20) for _ in range(10)]
subscription.close()
answer({"before": before["value"], "after": after["value"], "refused": refused,
        "values": [int(update) for update in updates],
        "changed": [sorted(update.raw.changedSet()) for update in updates]})
"""


@pytest.fixture(scope="module")
def seen():
    environment = private_environment()
    server = Process([str(PROGRAM.with_name("shared_pv")), "3", "20"], environment)
    try:
        server.wait_for_line("ready")
        yield run_python(environment, LOOK, timeout=60)
    finally:
        server.stop()


def test_a_put_to_a_mailbox_is_its_value(seen):
    assert (seen["before"], seen["after"]) == (0, 42)


def test_a_call_without_handler_is_refused_with_words(seen):
    assert "answers no remote procedure call" in seen["refused"]


def test_posts_come_in_order_and_tell_what_was_posted(seen):
    values = seen["values"]
    assert values == [values[0] + i for i in range(10)]
    assert "display.units" in seen["changed"][0], "the first update is whole"
    assert seen["changed"][1:] == [["timeStamp.nanoseconds", "timeStamp.secondsPastEpoch", "value"]] * 9


STORE = """
import queue
from p4p import Type, Value
from p4p.client.thread import Context, Disconnected, RemoteError

context = Context("pva", nt=False)

def refusal(operation, *arguments, **more):
    try:
        operation(*arguments, **more)
    except RemoteError as error:
        return str(error)

def call(value):
    return context.rpc("STORE", Value(Type([("name", "s"), ("value", "v")]), {"name": "X", "value": value}), timeout=20)

seen = {"put": refusal(context.put, "STORE", {"value": ["a"]}, timeout=20), "wrong call": refusal(call, 5.0)}
number = Value(Type([("value", "d")]), {"value": 1.5})
call(number)
seen["first"] = context.get("X", timeout=20).value
events = queue.Queue()
monitor = context.monitor("X", events.put, notify_disconnect=True)
seen["events"] = []

def wait_for(wanted):
    while wanted not in seen["events"]:
        event = events.get(timeout=20)
        seen["events"].append("gone" if isinstance(event, Disconnected) else event.value)

wait_for(1.5)
seen["events"] = []
call(Value(Type([("value", "s")]), {"value": "now a text"}))
wait_for("now a text")
seen["second"] = context.get("X", timeout=20).value
seen["names"] = list(context.get("STORE", timeout=20).value)
seen["made by its name"] = context.get("NEW:1", timeout=20).value
answer(seen)
"""


def test_handlers_of_puts_calls_and_names():
    environment = private_environment()
    server = Process([str(PROGRAM.with_name("structure_store"))], environment)
    try:
        server.wait_for_line("ready")
        seen = run_python(environment, STORE, timeout=60)
    finally:
        server.terminate()
        server.stop()
    assert seen == {"events": ["gone", "now a text"], "put": "call STORE to make a PV",
                    "wrong call": 'wanted are a text "name" and a structure "value"', "first": 1.5,
                    "second": "now a text", "names": ["X"], "made by its name": 0.0}


MAKE = """
from p4p import Type, Value
from p4p.nt import NTEnum, NTScalar, NTTable
from p4p.client.thread import Context

context = Context("pva")
for name, value in {
        "D": NTScalar("d", display=True, form=True, control=True, valueAlarm=True).wrap(
            {"value": 1.5, "alarm.severity": 1, "alarm.message": "HIGH", "display.units": "mm",
             "display.precision": 3, "display.limitHigh": 10.0, "valueAlarm.highAlarmLimit": 8.0,
             "timeStamp.secondsPastEpoch": 1700000000, "timeStamp.nanoseconds": 5}),
        "I": NTScalar("i").wrap(7), "L": NTScalar("l").wrap(2 ** 40), "B": NTScalar("?").wrap(True),
        "S": NTScalar("s").wrap("text"), "A": NTScalar("ad").wrap([1.0, 2.0, 3.0]), "AS": NTScalar("as").wrap(["a", "b"]),
        "E": NTEnum().wrap({"index": 1, "choices": ["Off", "On"]}),
        "T": NTTable([("a", "d")]).wrap([{"a": 1.0}])}.items():
    context.rpc("STORE", Value(Type([("name", "s"), ("value", "v")]), {"name": name, "value": value}), timeout=20)
answer("made")
"""
OVER_CA = """
import asyncio
from aioca import CANothing, DBE_PROPERTY, FORMAT_CTRL, FORMAT_TIME, caget, camonitor, caput

def plain(value):
    return value.tolist() if hasattr(value, "tolist") else str(value) if isinstance(value, str) else float(value)

async def main():
    seen = {}
    for name in ["D", "D.VAL", "I", "L", "B", "S", "A", "AS", "E"]:
        seen[name] = plain(await caget(name, timeout=20))
    timed = await caget("D", format=FORMAT_TIME, timeout=20)
    seen["time"] = [timed.severity, timed.status, timed.raw_stamp[0], timed.raw_stamp[1]]
    control = await caget("D", format=FORMAT_CTRL, timeout=20)
    seen["control"] = [control.units, control.precision, control.upper_disp_limit, control.upper_alarm_limit]
    seen["choices"] = list((await caget("E", format=FORMAT_CTRL, timeout=20)).enums)
    queue = asyncio.Queue()
    monitors = [camonitor(name, lambda value, name=name: queue.put((name, plain(value))), format=FORMAT_TIME)
                for name in ["D", "E", "A"]]
    first = dict([await asyncio.wait_for(queue.get(), 20) for _ in range(3)])
    await caput("D", 4.25, wait=True, timeout=20)
    await caput("E", "Off", wait=True, timeout=20)
    await caput("A", [5.0, 6.0], wait=True, timeout=20)
    then = dict([await asyncio.wait_for(queue.get(), 20) for _ in range(3)])
    seen |= {"first": first, "then": then, "read": [plain(await caget(name, timeout=20)) for name in ["D", "E", "A"]]}
    try:
        await caput("I", "seven", wait=True, timeout=20)
    except CANothing as error:
        seen["refused"] = str(error)
    seen["table"] = (await caget("T", timeout=1, throw=False)).ok
    for monitor in monitors:
        monitor.close()
    return seen

answer(asyncio.run(main()))
"""


@pytest.fixture(scope="module")
def over_ca():
    environment = private_environment()
    server = Process([str(PROGRAM.with_name("structure_store"))], environment)
    try:
        server.wait_for_line("ready")
        run_python(environment, MAKE, timeout=60)
        yield run_python(environment, OVER_CA, timeout=60), run_tool(environment, "caget", "-t", "D", "E", "S").stdout
    finally:
        server.terminate()
        server.stop()


def test_plain_values_are_read_over_channel_access(over_ca):
    seen, printed = over_ca
    assert {name: seen[name] for name in ["D", "D.VAL", "I", "L", "B", "S", "A", "AS", "E"]} == {
        "D": 1.5, "D.VAL": 1.5, "I": 7, "L": 2.0 ** 40, "B": 1, "S": "text", "A": [1, 2, 3], "AS": ["a", "b"], "E": 1}
    assert seen["time"] == [1, 4, 1700000000, 5], "MINOR, and HIGH by its message"
    assert seen["control"] == ["mm", 3, 10.0, 8.0]
    assert seen["choices"] == ["Off", "On"]
    assert printed.split() == ["4.25", "Off", "text"]
    assert not seen["table"], "an NTTable has no plain value"


def test_puts_and_monitors_over_channel_access(over_ca):
    seen, _ = over_ca
    assert seen["first"] == {"D": 1.5, "E": 1, "A": [1, 2, 3]}
    assert seen["then"] == {"D": 4.25, "E": 0, "A": [5, 6]}
    assert seen["read"] == [4.25, 0, [5, 6]]
    assert "refused" in seen


THOUSANDS = """
import collections, threading
from p4p.client.thread import Context

count, updates = int(sys.argv[1]), int(sys.argv[2])
context = Context("pva", nt=False)
got = collections.defaultdict(list)
left = [count]
lock, all_there = threading.Lock(), threading.Event()

def note(name, update):
    with lock:
        got[name].append(int(update.value))
        if len(got[name]) == updates:
            left[0] -= 1
            if left[0] == 0:
                all_there.set()

monitors = [context.monitor(name, lambda update, name=name: note(name, update), request="record[queueSize=100]")
            for name in ("TEST:P%05d" % i for i in range(count))]
assert all_there.wait(60), "%d have not got theirs" % left[0]
with lock:
    answer({"pvs": len(got), "gaps": sum(b != a + 1 for values in got.values() for a, b in zip(values, values[1:]))})
"""


def test_thousands_of_pvs_in_one_server():
    environment = private_environment()
    server = Process([str(PROGRAM.with_name("shared_pv")), "2000", "2"], environment)
    try:
        server.wait_for_line("ready")
        seen = run_python(environment, THOUSANDS, 2000, 4, timeout=90)
    finally:
        server.stop()
    assert seen == {"pvs": 2000, "gaps": 0}
