#!/usr/bin/env python3
"""Tests scripts/coro_lint.py on small pieces of C++: each rule finds what it must and leaves the rest alone."""

import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
import coro_lint  # noqa: E402


def rules(text):
    return [fault.split("[")[1].split("]")[0] for fault in coro_lint.check_text("a.cpp", text)]


FOUND = {
    "capture": [
        "spawn(e, [this]() -> Task<void> { co_await run(); }());",
        "auto f = [&x] { co_return x; };",
        "auto f = [x = 1](int y) mutable -> Task<int> {\n  co_return x + y;\n};",
        "auto f = [=](std::span<const int> v) -> Task<void> { for (int i : v) { co_await g(i); } };",
    ],
    "nested": [
        "Task<void> f() { use(co_await a(), co_await b()); }",
        "Task<void> f() { auto r = co_await g(\n      co_await h()); }",
    ],
    "suspend": [
        "Task<void> f() { std::lock_guard lock(m_); co_await g(); }",
        "Task<void> f() { { std::unique_lock<std::mutex> l(m_); if (x) { co_await g(); } } }",
        "auto f = [](A& a) -> Task<void> { std::scoped_lock lock(a.m); co_await a.g(); };",
    ],
}
CLEAN = [
    "auto f = [](Node& n) -> Task<void> { co_await n.run(); };",
    "auto f = [this] { return spawn([](Node& n) -> Task<void> { co_await n.run(); }(*this)); };",
    "auto f = [x] { return x; }; Task<void> g() { co_await h(); }",
    "values[i] = co_await g(); table[key] (co_await h());",
    "Task<void> f() { auto a = co_await g(); auto b = co_await h(); }",
    "Task<void> f() { { std::lock_guard lock(m_); ++n_; } co_await g(); }",
    "Task<void> f() { std::lock_guard l(m_); post([](A& a) -> Task<void> { co_await a.g(); }); }",
    "// [this] { co_await x; }\nconst char* s = \"[this] { co_await x; }\";",
    'auto s = R"x([&] { co_return; })x"; char c = \'"\'; auto n = 1\'000;',
    "[[nodiscard]] Task<int> f() { co_return 1; }",
]


class CoroLint(unittest.TestCase):
    def test_finds(self):
        for rule, texts in FOUND.items():
            for text in texts:
                self.assertEqual(rules(text), [rule], text)

    def test_leaves_alone(self):
        for text in CLEAN:
            self.assertEqual(rules(text), [], text)

    def test_names_the_line(self):
        fault = coro_lint.check_text("a.cpp", "\n\nauto f = [&] { co_return; };\n")[0]
        self.assertTrue(fault.startswith("a.cpp:3: [capture]"), fault)


if __name__ == "__main__":
    unittest.main()
