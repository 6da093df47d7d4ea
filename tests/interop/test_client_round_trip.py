"""Structures of every type from a server of p4p, read, monitored and put by our client: what it has is what p4p's own client
has, field by field, with types, ids and the marks of what has changed; and what it puts arrives unchanged."""
from pathlib import Path

import pytest

from rig.client import run_python
from rig.ports import private_environment
from rig.server import PROGRAM

SERVE = """
import queue, subprocess
sys.path.insert(0, sys.argv[1])
from p4p.client.thread import Context
from p4p.server import Server
from p4p.server.thread import SharedPV
from rig.structures import cases, fill, filled_as, plain

told, puts = queue.Queue(), queue.Queue()
service = SharedPV()
@service.rpc
def rpc(pv, op):
    value = op.value()
    told.put((value.name, value.how, plain(value.value), sorted(value.marks)))
    op.done()

def copy_of(value, name):
    pv = SharedPV(initial=filled_as(value, 9))
    @pv.put
    def put(pv, op):
        puts.put((name, plain(op.value()), sorted(op.value().changedSet())))
        pv.post(op.value())
        op.done()
    return pv

everything = sorted(cases().items())
names = {"S:%d" % n: case for n, case in enumerate(everything)}
pvs = {name: SharedPV(initial=value) for name, (_, value) in names.items()}
copies = {name + ":COPY": copy_of(value, name) for name, (_, value) in names.items()}
seen = {case: {} for case, _ in everything}

def next_told(name, how):
    it = told.get(timeout=30)
    assert it[:2] == (name, how), it[:2]
    return {"value": it[2], "marks": it[3]}

with Server(providers=[pvs | copies | {"TELL": service}]):
    context = Context("pva", nt=False)
    for name, (case, value) in names.items():
        here = seen[case]
        monitor = queue.Queue()
        subscription = context.monitor(name, monitor.put)
        first = monitor.get(timeout=30)
        here["p4p get"] = plain(context.get(name, timeout=20))
        here["p4p first"] = {"value": plain(first), "marks": sorted(first.changedSet())}
        courier = subprocess.Popen([sys.argv[2], "TELL", name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            here["get"] = next_told(name, "get")
            here["first"] = next_told(name, "update")
            here["first put"] = puts.get(timeout=20)[1:]
            for step, n, only in (("all", 3, None), ("part", 5, 1)):
                change = filled_as(value, 3)
                part = None if only is None else sorted(change.changedSet())[:only]
                change.unmark()
                fill(change, n, part)
                pvs[name].post(change)
                update = monitor.get(timeout=20)
                here["p4p " + step] = {"value": plain(update), "marks": sorted(update.changedSet())}
                here[step] = next_told(name, "update")
                here[step + " put"] = puts.get(timeout=20)[1:]
            here["p4p end"] = plain(context.get(name, timeout=20))
            here["copy at the end"] = plain(context.get(name + ":COPY", timeout=20))
        finally:
            courier.terminate()
            here["said"] = courier.communicate(timeout=20)[0]
            subscription.close()
answer(seen)
"""
STRUCTURES = 48


@pytest.fixture(scope="module")
def seen():
    program = PROGRAM.with_name("structure_courier")
    return run_python(private_environment(), SERVE, Path(__file__).parent, program, timeout=240)


def different(seen, wanted, got, part=None):
    assert len(seen) == STRUCTURES
    pick = (lambda it: it) if part is None else (lambda it: it[part])
    return {name: (here[wanted], here[got]) for name, here in seen.items() if pick(here[wanted]) != pick(here[got])}


def test_nothing_failed(seen):
    assert {name: here["said"] for name, here in seen.items() if here["said"] != "ready\n"} == {}


def test_what_is_read_is_what_p4p_reads(seen):
    assert {name: here for name, here in seen.items() if here["get"]["value"] != here["p4p get"]} == {}


@pytest.mark.parametrize("update", ["first", "all", "part"])
def test_updates_are_those_of_p4p(seen, update):
    assert different(seen, "p4p " + update, update) == {}


@pytest.mark.parametrize("update", ["first", "all", "part"])
def test_what_is_put_arrives_unchanged(seen, update):
    wrong = {name: (here[update], here[update + " put"]) for name, here in seen.items()
             if here[update + " put"][1] != here[update]["marks"]}
    assert wrong == {}


def test_in_the_end_the_copy_is_the_same(seen):
    assert different(seen, "p4p end", "copy at the end") == {}
