#!/usr/bin/env python3
"""Tests scripts/levels.py: every forbidden cell of its matrix and every forbidden place of every library is planted,
one at a time, in a tree of its own, and must be found; every allowed cell must pass. A few cells are pinned by hand,
so that a change of the table itself is seen."""

import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
import levels  # noqa: E402

FORBIDDEN_BY_HAND = [
    ("base/core", "base/crypto"), ("base/async", "base/http"), ("base/crypto", "base/async"), ("schemas", "base/http"),
    ("trust", "base/http"), ("trust", "policy"), ("policy", "connectors"), ("policy", "base/async"),
    ("connectors", "policy"), ("connectors", "trust"), ("node/config", "node/server"), ("node/server", "node/config"),
    ("node/journal", "node/config"), ("node/audit", "node/catalog"), ("node/catalog", "node/identity"),
    ("node/audit", "node/server"), ("node/dataspace", "node/server"), ("node/dataspace", "node/admin"),
    ("node/exchange", "node/server"), ("node/exchange", "node/storage"), ("node/storage", "policy"),
    ("node/storage", "node/journal"), ("node/api", "node/storage"), ("node/api", "node/app"), ("node/app", "cli"),
    ("cli", "node/journal"), ("cli", "node/exchange"), ("base/core", "tests"), ("node/app", "tests"), ("cli", "tests"),
]
ALLOWED_BY_HAND = [
    ("base/http", "base/crypto"), ("trust", "schemas"), ("policy", "trust"), ("node/journal", "trust"),
    ("node/audit", "node/journal"), ("node/dataspace", "node/catalog"), ("node/exchange", "node/dataspace"),
    ("node/exchange", "node/admin"), ("node/api", "node/server"), ("node/app", "node/storage"), ("cli", "policy"), ("cli", "connectors"),
    ("tests", "node/app"),
]


def violations_of(files):
    """What levels.py says of a small tree, {path: text}, laid into a temporary folder."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        return levels.check(root)[1]


def including(target, quoted=True):
    return f'#include "{target}"\n' if quoted else f"#include <{target}>\n"


def sample_header(pattern):
    return pattern.replace("*", "sample.h")


def sample_file(pattern):
    """A source file that fits the pattern."""
    path = pattern.replace(".*", ".cpp").replace("*.cpp", "sample.cpp")
    if path.endswith("*"):
        path = path[:-1] + "sample.cpp"
    return path


class Rooms(unittest.TestCase):
    def test_every_forbidden_cell_is_found(self):
        planted = 0
        for room in levels.ROOMS:
            for other in levels.ROOMS:
                if other in levels.allowed_rooms(room):
                    continue
                planted += 1
                found = violations_of({f"{room}/a.cpp": including(f"{other}/b.hpp"), f"{other}/b.hpp": ""})
                self.assertEqual(len(found), 1, f"{room} -> {other}: {found}")
                self.assertIn(f"{room}/a.cpp:1: ", found[0])
        self.assertGreater(planted, 250)
        print(f"levels_test: {planted} forbidden cells planted and found")

    def test_every_allowed_cell_passes(self):
        for room in levels.ROOMS:
            files = {f"{other}/b.hpp": "" for other in levels.allowed_rooms(room)}
            files[f"{room}/a.cpp"] = "".join(including(path) for path in list(files))
            self.assertEqual(violations_of(files), [])

    def test_cells_pinned_by_hand(self):
        for room, other in FORBIDDEN_BY_HAND:
            self.assertNotIn(other, levels.allowed_rooms(room), f"{room} -> {other}")
        for room, other in ALLOWED_BY_HAND:
            self.assertIn(other, levels.allowed_rooms(room), f"{room} -> {other}")

    def test_no_room_includes_upwards(self):
        for room, (level, *_) in levels.ROOMS.items():
            for other in levels.allowed_rooms(room):
                self.assertLessEqual(levels.ROOMS[other][0], level, f"{room} -> {other}")

    def test_storage_sees_ports_only(self):
        files = {"node/journal/ports/storage.hpp": "", "node/journal/journal.hpp": ""}
        port = {"node/storage/a.cpp": including("node/journal/ports/storage.hpp"), **files}
        self.assertEqual(violations_of(port), [])
        more = {"node/storage/a.cpp": including("node/journal/journal.hpp"), **files}
        self.assertEqual(len(violations_of(more)), 1)

    def test_generated_messages_count_as_schemas(self):
        self.assertEqual(violations_of({"trust/log/a.cpp": including("schemas/log.pb.h")}), [])
        self.assertEqual(len(violations_of({"base/core/a.cpp": including("schemas/log.pb.h")})), 1)


class Libraries(unittest.TestCase):
    def test_every_library_is_found_in_every_other_room(self):
        planted = 0
        for name, (headers, places) in levels.LIBRARIES.items():
            for pattern in headers:
                header = sample_header(pattern)
                self.assertEqual(levels.library_of(header), name, header)
                for room in levels.ROOMS:
                    path = f"{room}/planted_here.cpp"
                    if room == "tests" or levels.fits(path, places):
                        continue
                    planted += 1
                    found = violations_of({path: including(header, quoted=False)})
                    self.assertEqual(len(found), 1, f"{path}: <{header}> {found}")
                    self.assertIn(name, found[0])
        self.assertGreater(planted, 500)
        print(f"levels_test: {planted} library violations planted and found")

    def test_every_library_passes_where_it_belongs(self):
        for name, (headers, places) in levels.LIBRARIES.items():
            for place in places:
                self.assertEqual(violations_of({sample_file(place): including(sample_header(headers[0]), False)}), [],
                                 f"{name} in {place}")

    def test_headers_of_http_hide_beast_and_tls(self):
        for header in ("boost/beast/http.hpp", "boost/asio/ssl.hpp", "openssl/ssl.h"):
            self.assertEqual(len(violations_of({"base/http/client.hpp": including(header, False)})), 1, header)
            self.assertEqual(violations_of({"base/http/client.cpp": including(header, False)}), [], header)

    def test_a_quoted_library_is_still_a_library(self):
        self.assertEqual(len(violations_of({"policy/a.cpp": including("rocksdb/db.h")})), 1)

    def test_standard_and_system_headers_are_free(self):
        text = "".join(including(h, False) for h in ("vector", "cstdint", "sys/stat.h", "unistd.h", "fmt/format.h"))
        self.assertEqual(violations_of({"base/core/a.cpp": text}), [])


class TreeRules(unittest.TestCase):
    def test_cycle_of_two_and_of_three(self):
        two = {"policy/a.hpp": including("policy/b.hpp"), "policy/b.hpp": including("policy/a.hpp")}
        self.assertEqual(violations_of(two), ["include cycle: policy/a.hpp -> policy/b.hpp -> policy/a.hpp"])
        three = {f"trust/{a}.hpp": including(f"trust/{b}.hpp") for a, b in ("ab", "bc", "ca")}
        self.assertEqual(len(violations_of(three)), 1)

    def test_a_file_that_includes_itself(self):
        self.assertEqual(len(violations_of({"policy/a.hpp": including("policy/a.hpp")})), 1)

    def test_a_diamond_is_no_cycle(self):
        files = {"policy/a.hpp": including("policy/b.hpp") + including("policy/c.hpp"),
                 "policy/b.hpp": including("policy/d.hpp"), "policy/c.hpp": including("policy/d.hpp"),
                 "policy/d.hpp": ""}
        self.assertEqual(violations_of(files), [])

    def test_files_in_no_room(self):
        for path in ("stray.cpp", "node/stray.cpp", "base/stray.hpp", "nodes/journal/a.cpp", "cmake/a.cpp"):
            self.assertEqual(violations_of({path: ""}), [f"{path}: lies in no room"])

    def test_unknown_headers(self):
        for text in ('#include "policy/../../other.h"', "#include <expat.h>", '#include "Thing.h"', "#include THING",
                     "  #  include <expat.h>"):
            self.assertEqual(len(violations_of({"policy/a.cpp": text + "\n"})), 1, text)

    def test_includes_are_written_from_the_root(self):
        files = {"policy/a.cpp": including("b.hpp"), "policy/b.hpp": ""}
        self.assertEqual(len(violations_of(files)), 1)

    def test_an_empty_tree_is_no_success(self):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(ROOT, "scripts", "levels.py")
            self.assertNotEqual(os.system(f"{sys.executable} {script} --root {folder} > /dev/null"), 0)


if __name__ == "__main__":
    unittest.main()
