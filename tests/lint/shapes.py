"""Functions and classes of a C++ file, found by braces: good enough for counting lines, not a compiler."""
import re
from dataclasses import dataclass

from source import without_comments_and_literals


@dataclass
class Function:
    name: str
    first_line: int
    lines: int


@dataclass
class Class:
    name: str
    line: int
    offset: int        # of the whole head, with its template line
    private_data: list


CLASS_HEAD = re.compile(r"\b(class|struct|union|enum)\b")
CLASS_NAME = re.compile(r"\b(?:class|struct|union)\s+(?:alignas\s*\([^)]*\)\s*)?(?:\[\[[^\]]*\]\]\s*)?([\w:]+)")
MEMBER_LIST = re.compile(r"\)\s*(?:noexcept\s*(?:\([^()]*\))?\s*)?:[^:]")
LABEL = re.compile(r"\b(public|protected|private)\s*:(?!:)")


def _closing(text, opening):
    depth = 0
    for place in range(opening, len(text)):
        if text[place] == "{":
            depth += 1
        elif text[place] == "}":
            depth -= 1
            if depth == 0:
                return place
    return len(text)


def _without_templates(head):
    """A head without its `template <...>`, which may hold the word class."""
    while match := re.search(r"\btemplate\s*<", head):
        depth, place = 1, match.end()
        while place < len(head) and depth:
            depth += {"<": 1, ">": -1}.get(head[place], 0)
            place += 1
        head = head[:match.start()] + " " * (place - match.start()) + head[place:]
    return head


def _kind(head):
    """What a brace opens, judged by the text before it."""
    head = _without_templates(head)
    if re.search(r"\bnamespace\b", head) or re.search(r'\bextern\s*"\s*"\s*$', head):
        return "namespace"
    bare = re.sub(r"\[\[.*?\]\]|\balignas\s*\([^)]*\)|\brequires\b[^{]*?(?=\b(?:class|struct)\b)", " ", head)
    if CLASS_HEAD.search(bare) and "(" not in bare:
        return "enum" if re.search(r"\benum\b", bare) else "class"
    before_arguments = bare.split("(", 1)[0]
    if "(" in bare and not re.search(r"(?<!operator)(?<![=!<>])=(?!=)", before_arguments.replace("operator=", "operator")):
        return "function"
    return "table"


def _function_name(head):
    match = re.search(r"(~?[\w:]+|operator\s*\S+)\s*\(", _without_templates(head))
    return match.group(1) if match else "?"


def _data_member(statement):
    """The name of the data member that a statement at class level declares: `int x_{0};` gives x_."""
    if re.match(r"\s*(using|typedef|friend|static|enum|class|struct|template|constexpr)\b", statement):
        return None
    match = re.search(r"(\w+_)\s*(?:\[[^\]]*\]\s*)*(?:[={].*)?$", statement, re.DOTALL)
    return match.group(1) if match else None


def shapes(text):
    """(functions, classes at namespace level) of a file's text."""
    clean = without_comments_and_literals(text)
    clean = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), clean, flags=re.MULTILINE)
    functions, classes = [], []
    _walk(clean, 0, len(clean), False, None, functions, classes)
    return functions, classes


def _walk(text, place, end, in_class, owner, functions, classes):
    """Goes through one namespace or class body. owner is the Class that it belongs to, if any."""
    head_start, private = place, owner is not None and owner.private_data is not None and owner.name.startswith("class ")
    while place < end:
        letter = text[place]
        if letter == ";":
            statement = text[head_start:place]
            if owner is not None and private and (name := _data_member(statement)):
                owner.private_data.append(name)
            head_start = place + 1
        elif letter == ":" and in_class and (label := LABEL.search(text[head_start:place + 1] + " ")):
            private = label.group(1) == "private"
            head_start = place + 1
        elif letter == "{":
            head_start, place = _brace(text, place, head_start, in_class, functions, classes)
        place += 1


def _brace(text, opening, head_start, in_class, functions, classes):
    """Handles one brace: (where the next statement starts, the brace's end)."""
    head, closing = text[head_start:opening], _closing(text, opening)
    after = text[closing + 1:closing + 200].lstrip()[:1]
    kind = _kind(head)
    if kind == "function" and MEMBER_LIST.search(head) and re.search(r"[\w>]\s*$", head) and after in (",", "{"):
        return head_start, closing                              # a member's initialiser: a_{a}
    line = text.count("\n", 0, head_start + len(head) - len(head.lstrip())) + 1
    if kind == "namespace":
        _walk(text, opening + 1, closing, False, None, functions, classes)
    elif kind == "class":
        _class(text, head, head_start, opening, closing, line, in_class, functions, classes)
    elif kind == "function":
        functions.append(Function(_function_name(head), line, text.count("\n", 0, closing) + 2 - line))
    if kind == "table" and after != "":
        return head_start, closing                              # int x_{0}; goes on to its semicolon
    return closing + 1, closing


def _class(text, head, head_start, opening, closing, line, in_class, functions, classes):
    match = CLASS_NAME.search(_without_templates(head))
    word = "class " if re.search(r"\bclass\b", _without_templates(head)) else "struct "
    found = Class(word + (match.group(1) if match else "?"), line, head_start + len(head) - len(head.lstrip()), [])
    _walk(text, opening + 1, closing, True, found, functions, classes)
    found.name = found.name.split(" ", 1)[1]
    if not in_class:
        classes.append(found)
