"""PVs that a C++ program posts, as p4p (a PVXS client) sees them."""
import pytest

from rig.client import run_python
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
from p4p import Type, Value
from p4p.client.thread import Context, RemoteError

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
call(Value(Type([("value", "s")]), {"value": "now a text"}))
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
    assert seen == {"put": "call STORE to make a PV",
                    "wrong call": 'wanted are a text "name" and a structure "value"', "first": 1.5,
                    "second": "now a text", "names": ["X"], "made by its name": 0.0}
