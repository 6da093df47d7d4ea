"""Phoebus' core-pva, a pvAccess of its own in Java, from the package registry. Nothing else of Phoebus is needed."""
import shutil
import subprocess
from pathlib import Path

import pytest

VERSION = "4.7.3"
SERVER = Path(__file__).parent.parent / "phoebus" / "Serve.java"
CLIENT = "org.epics.pva.client.PVAClientMain"


def core_pva(folder):
    """The path of its archive, put into a folder. Skips the test where there is no Java, or the registry has it not."""
    if shutil.which("java") is None or shutil.which("mvn") is None:
        pytest.skip("no Java, or no Maven")
    copy = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact=org.phoebus:core-pva:{VERSION}",
            f"-DoutputDirectory={folder}"]
    run = subprocess.run(copy, cwd=folder, capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
                         check=False)
    archive = Path(folder) / f"core-pva-{VERSION}.jar"
    if not archive.exists():
        pytest.skip(f"core-pva is not to be had: {run.stdout[-300:]}")
    return archive


def pva_client(archive, environment, *arguments, timeout=30):
    """What its command-line client prints."""
    run = subprocess.run(["java", "-cp", str(archive), CLIENT, *arguments], env=environment, capture_output=True,
                         text=True, timeout=timeout, stdin=subprocess.DEVNULL, check=False)
    return run.stdout + run.stderr
