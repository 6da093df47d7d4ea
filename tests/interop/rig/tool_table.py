"""A table of commands of the Channel Access tools, and what EPICS base's own tools say to them. It reads like a session:

    $ caget AI                    a command; VARIABLE=value may stand in front, and it is quoted as for a shell
    | AI     1.25                 a line of its standard output
    ! No pv name specified.       a line of its standard error
    = 1                           its exit status, where that is not 0
    + caput -t AI 2               of a tool that goes on (camonitor): what is done next; what it says then follows

What differs from run to run (time stamps, ports) is masked. tests/interop/record_ca_tools.py writes the table anew."""
import re
import shlex
import subprocess
import time
from dataclasses import dataclass, field

from rig.process import Process

MASKS = [
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}"), "DATE TIME"),
    (re.compile(r" {2,}[+-]\d+\.\d{6}|(?<=\() *[+-]\d+\.\d{6}"), lambda found: "#" * len(found[0])),
    (re.compile(r"(Current Time:).*"), r"\1 NOW"),
    (re.compile(r" *Source File:.*\n"), ""),
    (re.compile(r"(localhost|127\.0\.0\.1):\d+"), "HOST:PORT"),
    (re.compile("\0"), "<NUL>"),
    (re.compile("\x1b\\[[0-9;]*m"), ""),
]
QUIET_SECONDS = 0.7


def masked(text):
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


@dataclass
class Step:
    """One command, and what it says."""
    command: str
    out: list = field(default_factory=list)
    err: list = field(default_factory=list)
    status: int = 0

    def said(self):
        return ([f"| {line}" for line in self.out] + [f"! {line}" for line in self.err] +
                ([f"= {self.status}"] if self.status else []))


@dataclass
class Case:
    """A command that ends by itself; or one that goes on, with what is done meanwhile."""
    steps: list

    @property
    def goes_on(self):
        return len(self.steps) > 1

    def text(self):
        lines = []
        for number, step in enumerate(self.steps):
            lines += [f"{'+' if number else '$'} {step.command}", *step.said()]
        return "\n".join(lines)


def read(path):
    """All cases of a table, by the name of their section."""
    sections, cases = {}, []
    for line in path.read_text().split("\n"):
        mark, rest = line[:2], line[2:]
        if mark == "# ":
            cases = sections.setdefault(rest, [])
        elif mark == "$ ":
            cases.append(Case([Step(rest)]))
        elif mark == "+ ":
            cases[-1].steps.append(Step(rest))
        elif mark == "! ":
            cases[-1].steps[-1].err.append(rest)
        elif mark == "| ":
            cases[-1].steps[-1].out.append(rest)
        elif mark == "= ":
            cases[-1].steps[-1].status = int(rest)
    return sections


class Tools:
    """Runs commands with one set of tools: program("caget") is its path."""

    def __init__(self, program, environment):
        self._program = program
        self._environment = environment | {"TZ": "UTC"}

    def run(self, case, as_recorded=True):
        """The same case, with what these tools say. A tool that goes on is listened to until it has said as many lines
        as it did when it was recorded; without a record, until it falls silent."""
        return self._run_on(case, as_recorded) if case.goes_on else Case([self._run_one(case.steps[0].command)])

    def _split(self, command):
        words = shlex.split(command)
        environment = dict(self._environment)
        while "=" in words[0]:
            name, value = words.pop(0).split("=", 1)
            environment[name] = value
        return [self._program(words[0]), *words[1:]], environment

    def _run_one(self, command):
        words, environment = self._split(command)
        run = subprocess.run(words, env=environment, capture_output=True, timeout=30, stdin=subprocess.DEVNULL,
                             check=False)
        out, err = (masked(text.decode(errors="backslashreplace")).split("\n")[:-1] for text in (run.stdout, run.stderr))
        return Step(command, out, err, run.returncode)

    def _run_on(self, case, as_recorded):
        process = Process(*self._split(case.steps[0].command))
        done = Case([])
        seen = 0
        try:
            for number, step in enumerate(case.steps):
                if number:
                    self._run_one(step.command)
                _wait(process, seen + len(step.out) if as_recorded else None)
                lines = list(process.lines)
                done.steps.append(Step(step.command, [masked(line) for line in lines[seen:]]))
                seen = len(lines)
        finally:
            process.terminate()
            process.stop()
        return done


def _wait(process, lines):
    """Until the process has printed so many lines in all; None: until it has been silent for a while."""
    start = last = time.monotonic()
    count = len(process.lines)
    while time.monotonic() - start < 5:
        if lines is not None and len(process.lines) >= lines:
            return
        if len(process.lines) != count:
            count, last = len(process.lines), time.monotonic()
        if lines is None and time.monotonic() - last > QUIET_SECONDS:
            return
        process.wait_for_news(0.05)
