"""Clients as processes. Client libraries read the environment when they are imported, so each runs in a process of
its own, and one test can talk to as many servers as it likes."""
import json
import subprocess
import sys
import textwrap

from rig.server import iochron_program


# For scripts of p4p: what todict() gives, as JSON can carry it.
PLAIN = """
def plain(value):
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return [plain(part) for part in value]
    return "nan" if value != value else value
"""


def run_python(environment, code, *arguments, timeout=30):
    """Runs a Python script with sys.argv[1:] = arguments, and returns what it gave to `answer(value)`: JSON.

    The script fails the test when it ends with an error or gives no answer; all that it printed is then shown."""
    prelude = "import json, sys\ndef answer(value):\n    print('\\nanswer: ' + json.dumps(value), flush=True)\n"
    run = subprocess.run([sys.executable, "-c", prelude + textwrap.dedent(code), *map(str, arguments)], env=environment,
                         capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL, check=False)
    answers = [line[len("answer: "):] for line in run.stdout.split("\n") if line.startswith("answer: ")]
    assert run.returncode == 0 and answers, f"exit status {run.returncode}\n{run.stdout}\n{run.stderr}"
    return json.loads(answers[-1])


def run_tool(environment, name, *arguments, timeout=30, check=True):
    """Runs one of our own tools by its EPICS name (caget) or `iochron`; returns subprocess.CompletedProcess."""
    run = subprocess.run([iochron_program(name), *map(str, arguments)], env=environment, capture_output=True, text=True,
                         timeout=timeout, stdin=subprocess.DEVNULL, check=False)
    assert not check or run.returncode == 0, f"{name} {arguments}: {run.returncode}\n{run.stdout}\n{run.stderr}"
    return run
