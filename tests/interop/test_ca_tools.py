"""Our Channel Access tools say what EPICS base's say, word for word: against a record of base's own
(ca_tools/recorded.txt), and where EPICS' tools are on PATH, against those as well."""
import shutil
import subprocess
from pathlib import Path

import pytest

from rig import tool_table
from rig.server import iochron_program

HERE = Path(__file__).resolve().parent / "ca_tools"
DATABASE = (HERE / "types.db").read_text()
SECTIONS = tool_table.read(HERE / "recorded.txt")


def differences(cases, tools):
    found = []
    for case in cases:
        said = tools.run(case)
        if said != case:
            found.append(f"--- EPICS base\n{case.text()}\n--- here\n{said.text()}")
    return found


@pytest.mark.parametrize("section", SECTIONS)
def test_as_recorded(section, soft_ioc):
    environment = soft_ioc(DATABASE).environment
    found = differences(SECTIONS[section], tool_table.Tools(lambda name: str(iochron_program(name)), environment))
    assert not found, f"{len(found)} of {len(SECTIONS[section])} differ\n" + "\n".join(found)


# docs/differences.md, "The text of a state that is none".
NO_STATE = {"caput -s MBBO 7", "caput MBBO 9", "caput MBBO 17", "caput -c BO 7"}


@pytest.mark.parametrize("section", SECTIONS)
def test_on_our_ioc(section, iochron_ioc):
    """Our tools on our IOC: what base's say on base's. Two subscriptions to one field may change places."""
    tools = tool_table.Tools(lambda name: str(iochron_program(name)), iochron_ioc(DATABASE).environment)
    found = []
    for case in SECTIONS[section]:
        said = tools.run(case)
        if case.steps[0].command not in NO_STATE and sorted(said.text().split("\n")) != sorted(case.text().split("\n")):
            found.append(f"--- EPICS base\n{case.text()}\n--- here\n{said.text()}")
    assert not found, f"{len(found)} of {len(SECTIONS[section])} differ\n" + "\n".join(found)


@pytest.mark.parametrize("section", SECTIONS)
def test_live(section, soft_ioc):
    """EPICS' tools now, and ours after them, on an IOC each."""
    theirs = shutil.which("caget")
    if theirs is None or "EPICS Version" not in subprocess.run([theirs, "-V"], capture_output=True, text=True,
                                                               check=False).stdout:
        pytest.skip("EPICS' own caget is not on PATH")
    live = tool_table.Tools(shutil.which, soft_ioc(DATABASE).environment)
    cases = [live.run(case) for case in SECTIONS[section]]
    found = differences(cases, tool_table.Tools(lambda name: str(iochron_program(name)),
                                                soft_ioc(DATABASE).environment))
    assert not found, f"{len(found)} of {len(cases)} differ\n" + "\n".join(found)
