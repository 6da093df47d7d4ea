#!/usr/bin/env python3
"""Writes ca_tools/recorded.txt anew: runs each of its commands with EPICS base's tools against base's IOC.

    tests/interop/record_ca_tools.py DIRECTORY [SECTION]...

DIRECTORY holds caget, caput, camonitor and cainfo; without sections, all of the table (four minutes).

New cases are added to the table as lines that start with "$" and "+", and get their answers here."""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from rig import tool_table  # noqa: E402
from rig.server import Server, soft_ioc_command  # noqa: E402

TABLE = HERE / "ca_tools/recorded.txt"


def main(directory, *wanted):
    sections = tool_table.read(TABLE)
    version = subprocess.run([Path(directory) / "caget", "-V"], capture_output=True, text=True, check=True).stdout.strip()
    text = [f"What the tools of {version} say; see rig/tool_table.py."]
    for heading, cases in sections.items():
        if wanted and heading not in wanted:
            text += [f"\n# {heading}", *(case.text() for case in cases)]
            continue
        server = Server(soft_ioc_command(HERE / "ca_tools/types.db"))
        try:
            tools = tool_table.Tools(lambda name: str(Path(directory) / name), server.environment)
            text += [f"\n# {heading}", *(tools.run(case, as_recorded=False).text() for case in cases)]
        finally:
            server.close()
    TABLE.write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
