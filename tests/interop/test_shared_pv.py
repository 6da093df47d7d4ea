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
