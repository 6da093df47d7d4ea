"""Each row of bad input on a circuit of its own, to base's IOC and to ours: both answer as bad_input_outcomes.py says."""
from contextlib import ExitStack

import pytest

from bad_input_rows import DATABASE, ROWS
from rig.client import run_tool
from rig.server import Server, iochron_ioc_command, soft_ioc_command


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """{"base": Server, "ours": Server}, which live through all rows."""
    path = tmp_path_factory.mktemp("bad_input") / "rows.db"
    path.write_text(DATABASE)
    with ExitStack() as running:
        both = {}
        for side, command in ("base", soft_ioc_command), ("ours", iochron_ioc_command):
            both[side] = Server(command(path))
            running.callback(both[side].close)
        yield both


def port_of(server):
    return int(server.environment["EPICS_CA_SERVER_PORT"])


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_ours_answers_as_the_table_says(servers, row):
    assert row.run(port_of(servers["ours"])) == row.ours


@pytest.mark.parametrize("row", [row for row in ROWS if not row.overruns],
                         ids=[row.name for row in ROWS if not row.overruns])
def test_base_answers_as_the_table_says(servers, row):
    assert row.run(port_of(servers["base"])) == row.base


def test_each_difference_has_a_reason():
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert [row.name for row in ROWS if (row.base != row.ours) != bool(row.why)] == []


def test_nobody_noticed(servers):
    """Behind all rows: the server serves, and has let go of all circuits."""
    servers["ours"].wait_for_clients(circuits=0, channels=0, subscriptions=0)
    assert run_tool(servers["ours"].environment, "caget", "-t", "C").stdout == "0\n"
