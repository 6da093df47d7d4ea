"""Structures of every type: what a PVXS client in C++ gives to our server comes back to it as it was, field by field, with
types, ids and the marks of what has changed. pvxs/round_trip.cpp does it; p4p's way there and back is in
test_normative_round_trip.py."""
import json
import subprocess

import pytest

from rig.ports import private_environment
from rig.process import Process
from rig.pvxs import build_pvxs_program
from rig.server import PROGRAM

STRUCTURES = 42


@pytest.fixture(scope="module")
def trips(tmp_path_factory):
    """{structure: what the program says of it}."""
    program = build_pvxs_program("round_trip", "round_trip.cpp", "values.cpp", folder=tmp_path_factory.mktemp("pvxs"))
    environment = private_environment()
    server = Process([str(PROGRAM.with_name("structure_store"))], environment)
    try:
        server.wait_for_line("ready")
        run = subprocess.run([program], env=environment, capture_output=True, text=True, timeout=120,
                             stdin=subprocess.DEVNULL, check=False)
        assert run.returncode == 0 and run.stderr == "", run.stderr[-3000:]
        return {trip["structure"]: trip for trip in map(json.loads, run.stdout.splitlines())}
    finally:
        server.terminate()
        server.stop()


def test_nothing_is_different(trips):
    assert len(trips) == STRUCTURES
    assert {name: trip["differences"] for name, trip in trips.items() if trip["differences"]} == {}


def test_each_field_was_put_by_itself_and_compared(trips):
    for name, trip in trips.items():
        # Six whole comparisons, and two more for each field that is put alone.
        assert trip["fields"] > 0 and trip["compared"] > 6 * trip["fields"], name
    assert trips["NTScalar double"]["fields"] == 27
