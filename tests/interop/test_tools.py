"""Our tools read EPICS base's IOC, and ours, alike."""
import re

from rig.client import run_tool
from rig.process import Process
from rig.server import iochron_program

DATABASE = """
record(ai, "A") { field(VAL, "1.25") field(EGU, "mm") field(PREC, "2") field(HOPR, "10") field(DESC, "An input") }
record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }
"""


def test_caget(any_ioc):
    environment = any_ioc(DATABASE).environment
    assert run_tool(environment, "caget", "A").stdout == f"{'A':<30} 1.25\n"
    assert run_tool(environment, "caget", "-t", "A.DESC", "A.EGU", "A.RTYP").stdout == "An input\nmm\nai\n"
    assert run_tool(environment, "caget", "-f3", "A").stdout == f"{'A':<30} 1.250\n"
    assert "Units:            mm\n    Precision:        2\n" in run_tool(environment, "caget", "-d", "GR_DOUBLE", "A").stdout
    assert run_tool(environment, "iochron", "get", "ca://A").stdout == f"{'A':<30} 1.25\n"


def test_a_name_that_nobody_has(any_ioc):
    run = run_tool(any_ioc(DATABASE).environment, "caget", "-w", "0.5", "NOBODY", check=False)
    assert run.returncode == 1
    assert run.stderr == "Channel connect timed out: 'NOBODY' not found.\n"


def test_caput(any_ioc):
    environment = any_ioc(DATABASE).environment
    run = run_tool(environment, "caput", "A.PREC", "4")
    assert run.stdout == f"Old : {'A.PREC':<30} 2\nNew : {'A.PREC':<30} 4\n"
    assert run_tool(environment, "caput", "-c", "-t", "A.DESC", "Put with completion").stdout == "Put with completion\n"
    assert run_tool(environment, "caput", "-c", "A.PREC", "no number", check=False).returncode == 1
    assert run_tool(environment, "caget", "-t", "A.PREC").stdout == "4\n"


def test_cainfo(any_ioc):
    text = run_tool(any_ioc(DATABASE).environment, "cainfo", "A").stdout
    assert re.search(r"State: +connected\n.*Access: +read, write\n.*Native data type: DBF_DOUBLE\n", text, re.S)


def test_camonitor(any_ioc):
    monitor = Process([iochron_program("camonitor"), "-t", "n", "COUNT"], any_ioc(DATABASE).environment)
    try:
        index = -1
        for _ in range(5):
            index = monitor.wait_for_line("COUNT", after=index + 1)
        lines = monitor.output.splitlines()
    finally:
        monitor.stop()
    values = [int(line.split()[1]) for line in lines if line.startswith("COUNT")]
    assert values == list(range(values[0], values[0] + len(values)))
