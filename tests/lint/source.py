"""The files of the project, and C++ text with comments and literals blanked out (lines and columns stay)."""
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = {"build", ".venv", ".git", ".cache", "__pycache__", ".pytest_cache"}


def project_files(root=ROOT):
    """All files that are, or would be, committed, as paths relative to root."""
    listing = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "-co", "--exclude-standard"],
                             capture_output=True, check=False)
    if listing.returncode == 0 and (root / ".git").exists():
        names = [name for name in listing.stdout.decode().split("\0") if name]
    else:
        names = []
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
            names += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return sorted(Path(name) for name in set(names) if (root / name).is_file())


def text_of(path):
    """The text of a file, or None where it is not text."""
    data = path.read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)"""
    r"""|(?P<raw>\bu?8?[LU]?R"(?P<tag>[^()\\\s]*)\(.*?\)(?P=tag)")"""
    r"""|(?P<string>"(?:\\.|[^"\\\n])*")"""
    r"""|(?P<char>(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+')""",
    re.DOTALL)


def _blank(text):
    return "".join("\n" if letter == "\n" else " " for letter in text)


def _replace(match):
    text = match.group(0)
    if match.lastgroup == "comment" or match.group("comment") is not None:
        return _blank(text)
    quote = "'" if text[0] == "'" else '"'
    return quote + _blank(text)[1:-1] + quote


def without_comments_and_literals(text):
    return TOKEN.sub(_replace, text)


def without_comments(text):
    return TOKEN.sub(lambda match: _blank(match.group(0)) if match.group("comment") is not None else match.group(0), text)
