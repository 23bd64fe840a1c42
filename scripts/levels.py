#!/usr/bin/env python3
"""Who may include whom. Checks every #include of the tree against the table below and fails on any violation.

The table is the house's plan (docs/ARCHITECTURE.md prints the same): rooms with their level, the rooms each may
include, and for every foreign library the only files that may include it. There is no list of exceptions. Also
refused: a file in no room, a header that nobody knows, and files that include each other in a circle.

usage: levels.py [--root DIR] [--sizes] [--markdown]
"""

import argparse
import fnmatch
import os
import re
import sys
from dataclasses import dataclass

# Room: folder, (level, what it may include, what lives there). A word is a room, a pattern of rooms, "<=N" (every room
# up to that level), "-room" (taken away again), or "files:PATTERN" (only these files of rooms that are otherwise closed).
ROOMS = {
    "base/core": (0, [],
        "results, codes, bytes, encodings, clock, strict JSON and YAML, secrets, log, metrics"),
    "base/crypto": (0, ["base/core"],
        "digests, randomness, raw signatures, JWS; no claims, no meaning"),
    "base/async": (0, ["base/core"],
        "the coroutine kit: task, deadline, group, bounded queue, pools"),
    "base/http": (0, ["base/*"],
        "message values, framing rules, TLS, server stream, client, URL, problem documents"),
    "schemas": (1, ["base/core", "base/crypto"],
        "messages of everything stored"),
    "trust": (2, ["base/core", "base/crypto", "schemas"],
        "keys, certificate paths, zones, Merkle log, statements, seals, bundles, verdicts"),
    "policy": (3, ["base/core", "base/crypto", "schemas", "trust"],
        "ODRL to decision, trace and data plan; protocol state machines without I/O"),
    "connectors": (3, ["base/*", "schemas"],
        "where data come from: the pull interface and one folder for each kind"),
    "node/config": (4, ["<=3"],
        "one typed table of settings"),
    "node/server": (4, ["<=3"],
        "accept loop, router, pipeline"),
    "node/journal": (5, ["<=3"],
        "the writer: the one place that commits"),
    "node/audit": (6, ["<=5", "-node/server"],
        "checkpoints, auditors' queries, material for bundles"),
    "node/catalog": (6, ["<=5", "-node/server"],
        "sources, datasets, offers"),
    "node/identity": (6, ["<=5", "-node/server"],
        "own keys, the current snapshot, tokens"),
    "node/zone": (6, ["<=5", "-node/server"],
        "the trust service of a zone"),
    "node/dataspace": (7, ["<=6", "-node/server"],
        "Dataspace Protocol services, outbox"),
    "node/admin": (7, ["<=6", "-node/server"],
        "apply, diff, status"),
    "node/exchange": (8, ["<=7", "-node/server"],
        "the use case: one release of data, one file for each step"),
    "node/storage": (9, ["base/*", "schemas", "trust", "files:node/*/ports/*.hpp"],
        "RocksDB behind the ports"),
    "node/api": (9, ["<=8"],
        "route tables and thin handlers"),
    "node/app": (10, ["<=9"],
        "wiring, ordered shutdown, maintenance verbs, main of sekishod"),
    "cli": (10, ["base/*", "schemas", "trust", "policy", "connectors"],
        "commands, main of sekisho"),
    "tests": (11, ["<=10"],
        "everything of tests/; nothing includes it"),
}

# Library: the headers it is known by, and the only files that may include it. The first that fits a header decides.
# Rooms above base/async and base/http use those rooms' headers, never Boost's. The tests may include everything.
LIBRARIES = {
    # name           headers                                    files
    "Boost.JSON":    (["boost/json.hpp", "boost/json/*"],       ["base/core/json.hpp", "base/core/json.cpp",
                                                                 "base/core/canonical_json.cpp"]),
    "Boost.Beast":   (["boost/beast.hpp", "boost/beast/*"],     ["base/http/*.cpp"]),
    "Asio TLS":      (["boost/asio/ssl.hpp", "boost/asio/ssl/*"], ["base/http/*.cpp"]),
    "Asio":          (["boost/asio.hpp", "boost/asio/*"],       ["base/async/*", "base/http/*"]),
    "Boost":         (["boost/*"],                              ["base/async/*", "base/http/*"]),
    "simdjson":      (["simdjson.h", "simdjson/*"],             ["base/core/json_stream.cpp"]),
    "yaml-cpp":      (["yaml-cpp/*"],                           ["base/core/yaml.cpp"]),
    "zlib":          (["zlib.h", "zconf.h"],                    ["base/core/gzip.cpp"]),
    "libsodium":     (["sodium.h", "sodium/*"],                 ["base/core/secret.hpp", "base/core/secret.cpp",
                                                                 "base/crypto/*"]),
    "spdlog":        (["spdlog/*"],                             ["base/core/log.cpp"]),
    "prometheus-cpp": (["prometheus/*"],                        ["base/core/metrics.cpp"]),
    "OpenSSL":       (["openssl/*"],                            ["base/crypto/*", "base/http/*.cpp", "trust/pki/*",
                                                                 "trust/keys/*"]),
    "Protobuf":      (["google/protobuf/*"],                    ["schemas/*"]),
    "RE2":           (["re2/*"],                                ["schemas/json_schema/*"]),
    "p11-kit":       (["p11-kit/*", "p11-kit-1/*"],             ["trust/keys/pkcs11*"]),
    "libpq":         (["libpq-fe.h", "postgresql/*"],           ["connectors/postgres/*", "node/storage/*"]),
    "libmosquitto":  (["mosquitto.h", "mqtt_protocol.h"],       ["connectors/mqtt/*"]),
    "librdkafka":    (["librdkafka/*"],                         ["connectors/kafka/*"]),
    "RocksDB":       (["rocksdb/*"],                            ["node/storage/*"]),
    "CLI11":         (["CLI/*"],                                ["cli/*"]),
    "GoogleTest":    (["gtest/*", "gmock/*"],                   ["tests/*"]),
    "Google Benchmark": (["benchmark/*"],                       ["tests/*"]),
    "rapidcheck":    (["rapidcheck.h", "rapidcheck/*"],         ["tests/*"]),
    "serd":          (["serd/*", "serd-0/*"],                   ["tests/*"]),
}

# Free for all: fmt, the C++ library (names without a dot) and the headers of C, POSIX and Linux.
FREE = ["fmt/*", "sys/*", "netinet/*", "arpa/*", "net/*", "linux/*"] + [
    name + ".h" for name in (
        "assert ctype dirent endian errno fcntl fenv float grp iconv ifaddrs inttypes limits locale malloc math mntent netdb "
        "poll pthread pwd sched setjmp signal spawn stdarg stddef stdint stdio stdlib string strings syslog termios time "
        "unistd wchar").split()]

SOURCES = (".cpp", ".hpp", ".cc", ".c", ".h", ".inc", ".ipp")
SKIPPED = {".git", ".demo", ".cache", "build", "docs", "docker", "__pycache__"}
INCLUDE = re.compile(r'^\s*#\s*include\b\s*(?:(<[^>]+>)|("[^"]+")|(\S+))')


@dataclass
class Include:
    file: str
    line: int
    target: str
    quoted: bool
    computed: bool


def fits(path, patterns):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def room_of(path):
    """The room that a file lies in: a file of a sub-folder belongs to its room; a file of a mere corridor to none."""
    parts = path.split("/")
    for depth in (2, 1):
        room = "/".join(parts[:depth])
        if len(parts) > depth and room in ROOMS:
            return room
    return None


def allowed_rooms(room):
    allowed = set()
    for word in ROOMS[room][1]:
        if word.startswith("<="):
            allowed |= {name for name, (level, *_) in ROOMS.items() if level <= int(word[2:])}
        elif word.startswith("-"):
            allowed.discard(word[1:])
        elif not word.startswith("files:"):
            allowed |= {name for name in ROOMS if fnmatch.fnmatchcase(name, word)}
    return allowed | {room}


def allowed_files(room):
    return [word[len("files:"):] for word in ROOMS[room][1] if word.startswith("files:")]


def library_of(header):
    for name, (headers, _) in LIBRARIES.items():
        if fits(header, headers):
            return name
    return None


def sources(root):
    found = []
    for folder, subfolders, files in os.walk(root):
        subfolders[:] = sorted(
            name for name in subfolders
            if name not in SKIPPED and not (folder == root and name.startswith("build")))
        for name in sorted(files):
            if name.endswith(SOURCES):
                found.append(os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/"))
    return found


def includes_of(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        for number, text in enumerate(file, 1):
            match = INCLUDE.match(text)
            if match:
                angled, quoted, computed = match.groups()
                target = computed or (angled or quoted)[1:-1]
                yield Include(path, number, target, quoted is not None, computed is not None)


def check_include(include, files):
    """Returns (violation or None, included file of the tree or None)."""
    room = room_of(include.file)
    where = f"{include.file}:{include.line}: "
    if include.computed:
        return where + "an include must name a file, not a macro", None
    target = include.target
    if include.quoted and target not in files:
        beside = os.path.normpath(os.path.join(os.path.dirname(include.file), target)).replace(os.sep, "/")
        if beside in files:
            if room == "tests":
                return None, beside
            return where + f'write "{beside}" from the root, not "{target}"', beside
    if target in files or (room_of(target) and target.endswith((".pb.h", ".hpp"))):
        other = "schemas" if target.endswith(".pb.h") else room_of(target)
        if not include.quoted:
            return where + f'write "{target}" in quotes: it is a file of the project', target
        if other is None:
            return where + f'"{target}" lies in no room', target
        if other in allowed_rooms(room) or fits(target, allowed_files(room)):
            return None, target
        return where + f'{room} (level {ROOMS[room][0]}) may not include {other}: "{target}"', target
    library = library_of(target)
    if library:
        if room == "tests" or fits(include.file, LIBRARIES[library][1]):
            return None, None
        return where + f"<{target}>: {library} belongs to {', '.join(LIBRARIES[library][1])} only", None
    if not include.quoted and ("." not in target or fits(target, FREE)):
        return None, None
    if room == "tests" and target.endswith(".inc"):
        return None, None  # written by CMake into the build folder
    return where + f"<{target}> is neither a file of the project nor a library of the table", None


def cycles(graph):
    """Strongly connected components with more than one file, or a file that includes itself (Tarjan, no recursion)."""
    index, low, on_stack, stack, found = {}, {}, set(), [], []
    for start in sorted(graph):
        if start in index:
            continue
        work = [(start, iter(sorted(graph[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, successors = work[-1]
            for next_node in successors:
                if next_node not in graph:
                    continue
                if next_node not in index:
                    index[next_node] = low[next_node] = len(index)
                    stack.append(next_node)
                    on_stack.add(next_node)
                    work.append((next_node, iter(sorted(graph[next_node]))))
                    break
                if next_node in on_stack:
                    low[node] = min(low[node], index[next_node])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    if len(component) > 1 or node in graph[node]:
                        found.append(sorted(component))
    return found


def check(root):
    """Returns (files, violations)."""
    files = sources(root)
    known = set(files)
    violations = []
    graph = {path: set() for path in files}
    for path in files:
        if room_of(path) is None:
            violations.append(f"{path}: lies in no room")
            continue
        for include in includes_of(root, path):
            violation, target = check_include(include, known)
            if violation:
                violations.append(violation)
            if target in known:
                graph[path].add(target)
    for members in cycles(graph):
        violations.append("include cycle: " + " -> ".join(members + members[:1]))
    return files, violations


def markdown():
    print("| level | room | what lives there | may include |\n|---|---|---|---|")
    for room, (level, words, contents) in ROOMS.items():
        shown = ", ".join(f"`{w.removeprefix('files:').removeprefix('-')}`" if not w.startswith(("<=", "-"))
                          else ("≤ " + w[2:] if w.startswith("<=") else f"not `{w[1:]}`") for w in words)
        print(f"| {level if room != 'tests' else '–'} | `{room}` | {contents} | {shown or '–'} |")
    print("\n| library | may be included by |\n|---|---|")
    for name, (_, places) in LIBRARIES.items():
        print(f"| {name} | {', '.join(f'`{place}`' for place in places)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser.add_argument("--sizes", action="store_true", help="also print the median and 95th percentile of lines")
    parser.add_argument("--markdown", action="store_true", help="print the table and check nothing")
    arguments = parser.parse_args()
    if arguments.markdown:
        markdown()
        return 0
    files, violations = check(arguments.root)
    for violation in violations:
        print(violation)
    if not files:
        print(f"levels: no source file under {arguments.root}")
        return 1
    print(f"levels: {len(files)} files, {len(violations)} violations, 0 exceptions")
    if arguments.sizes:
        import sizes
        print(sizes.summary(arguments.root))
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
