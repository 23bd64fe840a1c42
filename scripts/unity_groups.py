#!/usr/bin/env python3
"""Which source files may be compiled as one: unity_groups.py SIZE TABLE

TABLE has a line for each target: its name and its source files. Printed is a line for each group of two to SIZE files:
the target, the group's number in it and the files; a file in no line stays alone. Files are put together only where no
name that one of them declares for itself (in an unnamed namespace, static, constexpr, a macro) occurs anywhere in the
other, so that none can collide, hide another or join its overloads: each file means together what it means alone.
"""
import pathlib
import re
import sys

SKIPPED = re.compile(
    r'R"([^()\\\s]{0,16})\(.*?\)\1"'  # raw strings first: they hold everything else
    r'|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'(?!\d)|#\s*include[^\n]*', re.S)
TOKEN = re.compile(r"[A-Za-z_]\w*|::|[{}()\[\]<>;=,:&*~]|\S")
IDENTIFIER = re.compile(r"[A-Za-z_]\w*$")
KEYWORDS = frozenset(
    "alignas auto bool case char class const consteval constexpr constinit decltype default delete double else enum "
    "explicit extern false final float for if inline int long namespace new noexcept nullptr operator override private "
    "protected public requires return short signed sizeof static static_assert struct switch template thread_local true "
    "typedef typename union unsigned using virtual void volatile while co_await co_return co_yield".split())
TEST = re.compile(r"\bTEST(?:_[FP])?\(\s*(\w+)\s*,\s*(\w+)\s*\)")
# What it brings in cannot be told from the file; such a file stays alone.
USING = re.compile(r"^using\s+(?:enum\b|namespace\s+(?!std::\w*literals))", re.M)
DEFINE = re.compile(r"^[ \t]*#\s*define\s+(\w+)", re.M)
OWN = frozenset(("static", "constexpr", "consteval", "constinit", "const", "using", "struct", "class", "enum"))


def declared(statement):
    """The names that one declaration at namespace scope may introduce; more than that does no harm."""
    names, depth = set(), 0
    if statement[0] == "using":  # namespace a; A = b::c; a::b;
        if statement[1] == "namespace":
            return names
        return {statement[1] if "=" in statement else statement[-2]}
    for index, token in enumerate(statement):
        following = statement[index + 1] if index + 1 < len(statement) else ";"
        if token in "([":
            depth += 1
        elif token in ")]":
            depth -= 1
        elif depth == 0 and IDENTIFIER.match(token) and token not in KEYWORDS and following in "(={;[,:":
            before = statement[index - 1] if index else ""
            # "void A::f(…)" defines what a header declared; "TEST(…)" is a macro.
            if before != "::" and (index or not token.isupper()):
                names.add(token)
    return names


def own_names(tokens):
    """What a file declares for itself: in unnamed namespaces everything, in named ones what has internal linkage."""
    names, scopes, statement, index = set(), [], [], 0
    while index < len(tokens):
        token = tokens[index]
        unnamed = "unnamed" in scopes
        at_namespace = all(scope != "body" for scope in scopes)
        if token == "{":
            if at_namespace and "namespace" in statement and "=" not in statement:
                scopes.append("unnamed" if statement[-1] == "namespace" else "named")
                statement = []
            else:
                if at_namespace:
                    statement.append(token)
                    if unnamed or statement[0] in OWN:
                        names |= declared(statement)
                        if statement[0] == "enum" and statement[1:2] != ["class"]:
                            names |= enumerators(tokens, index)
                scopes.append("body")
        elif token == "}":
            was = scopes.pop() if scopes else "body"
            # What follows a body may be a name of the same declaration; after a function it is the next one.
            statement = [] if was != "body" or all(scope != "body" for scope in scopes) else statement
        elif at_namespace:
            statement.append(token)
            if token == ";":
                if unnamed or statement[0] in OWN:
                    names |= declared(statement)
                statement = []
        index += 1
    return names


def enumerators(tokens, opened):
    closed = tokens.index("}", opened)
    return {t for t in tokens[opened:closed] if IDENTIFIER.match(t)}


def read(path):
    text = pathlib.Path(path).read_text(encoding="utf-8")
    plain = SKIPPED.sub(lambda match: " " if match.group().startswith(("/", "#")) else ' "" ', text)
    if USING.search(plain):
        return None, None
    tests = {f"{suite}_{name}_Test" for suite, name in TEST.findall(plain)}
    macros = set(DEFINE.findall(plain))
    tokens = TOKEN.findall(re.sub(r"^[ \t]*#.*$", "", plain, flags=re.M))
    own = own_names(tokens) | tests | macros
    return own, set(TOKEN.findall(plain)) | tests


def group(paths, size):
    groups = []
    for path in paths:
        own, used = read(path)
        if own is None:
            continue
        for members in groups:
            if len(members) < size and not any(own & other_used or other_own & used for _, other_own, other_used in members):
                members.append((path, own, used))
                break
        else:
            groups.append([(path, own, used)])
    return [[path for path, _, _ in members] for members in groups if len(members) > 1]


def main(size, table):
    with open(table, encoding="utf-8") as lines:
        for line in lines:
            target, *paths = line.split()
            for number, members in enumerate(group(paths, size)):
                print(target, number, *members)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
