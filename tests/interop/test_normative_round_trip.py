"""Structures of every type: what p4p (a PVXS client) gives to our server comes back from it as it was, field by field.
As it was means: as p4p has it back from a server of p4p."""
from pathlib import Path

import pytest

from rig.client import run_python
from rig.ports import private_environment
from rig.process import Process
from rig.server import PROGRAM

ROUND = """
import queue
sys.path.insert(0, sys.argv[1])
from p4p import Type, Value
from p4p.client.thread import Context
from p4p.server import Server
from p4p.server.thread import SharedPV
from rig.structures import cases, fill, filled_as, plain

context = Context("pva", nt=False)
seen = {}

def through_p4p(value):
    served = SharedPV(initial=value)
    with Server(providers=[{"X": served}], isolate=True) as server:
        with Context("pva", conf=server.conf(), useenv=False, nt=False) as there:
            return plain(there.get("X", timeout=20))

for number, (name, value) in enumerate(sorted(cases().items())):
    pv = "RT:%d" % number
    context.rpc("STORE", Value(Type([("name", "s"), ("value", "v")]), {"name": pv, "value": value}), timeout=20)
    got = queue.Queue()
    subscription = context.monitor(pv, got.put)
    first = got.get(timeout=20)
    here = {"given": through_p4p(value), "read": plain(context.get(pv, timeout=20)), "first": plain(first)}
    other = filled_as(value, 3)
    context.put(pv, lambda given: fill(given, 3), get=False, timeout=20)
    update = got.get(timeout=20)
    here |= {"put": through_p4p(other), "then": plain(context.get(pv, timeout=20)), "told": plain(update),
             "marks put": sorted(other.changedSet()), "marks told": sorted(update.changedSet())}
    part = sorted(leaf for leaf in other.changedSet() if not leaf.startswith("timeStamp"))[:1]
    context.put(pv, lambda given: fill(given, 5, part), get=False, timeout=20)
    update = got.get(timeout=20)
    here |= {"part": part, "marks of part": sorted(update.changedSet()),
             "value of part": [plain(update)[1], plain(context.get(pv, timeout=20))[1]]}
    seen[name] = here
    subscription.close()
answer(seen)
"""
STRUCTURES = 48
STAMP = {"timeStamp.secondsPastEpoch", "timeStamp.nanoseconds"}


@pytest.fixture(scope="module")
def seen():
    environment = private_environment()
    server = Process([str(PROGRAM.with_name("structure_store"))], environment)
    try:
        server.wait_for_line("ready")
        yield run_python(environment, ROUND, Path(__file__).parent, timeout=120)
    finally:
        server.terminate()
        server.stop()


def different(seen, wanted, *got):
    """The structures of which something is not as it was wanted: what was wanted, and what there is instead."""
    assert len(seen) == STRUCTURES
    return {name: (here[wanted], here[other]) for name, here in seen.items() for other in got
            if here[other] != here[wanted]}


def test_a_structure_comes_back_as_it_was(seen):
    assert different(seen, "given", "read", "first") == {}


def test_what_is_put_is_the_value_and_is_told(seen):
    assert different(seen, "put", "then", "told") == {}
    assert different(seen, "marks put", "marks told") == {}


def test_a_put_of_one_field_marks_that_and_the_time(seen):
    wrong = {}
    for name, here in seen.items():
        marks, (told, read) = set(here["marks of part"]), here["value of part"]
        stamped = STAMP if "timeStamp" in read else set()  # a mailbox stamps what it is given
        if marks != set(here["part"]) | stamped or told != read:
            wrong[name] = (marks, told, read)
    assert wrong == {}
