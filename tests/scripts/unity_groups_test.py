#!/usr/bin/env python3
"""Tests scripts/unity_groups.py: what must not be compiled together is not, and what may be is."""

import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
import unity_groups  # noqa: E402

# Two files each. Together, the first would change or break the second.
APART = {
    "the same function": ("namespace a { namespace { int f() { return 1; } } }", "namespace a { namespace { int f(int) { return 2; } } }"),
    "an overload": ("namespace a { namespace { int f(long) { return 1; } } }", "namespace a { int g() { return f(1); } }"),
    "the same type": ("namespace {\nstruct Options {};\n}", "namespace {\nclass Options {};\n}"),
    "the same constant": ("namespace {\nconstexpr std::chrono::seconds kPause{1};\n}", "namespace {\nconst auto kPause = 2;\n}"),
    "a constant of a named namespace": ("namespace a { constexpr int kSize = 1; }", "namespace a { int f() { return kSize; } }"),
    "a static function": ("static int f() { return 1; }", "static int f() { return 2; }"),
    "a static function with attributes before": ("static constexpr int f() { return 1; }", "int g() { return f(); }"),
    "an alias": ("namespace { using S = State; }", "namespace { using S = Other; }"),
    "what using brings": ("namespace { using test::atom; }", "namespace { using std::vector; int x = atom(); }"),
    "what a local name shadows": ("namespace { struct Kind {}; }", "int f() { using Kind = int; return Kind(1); }"),
    "an enumerator": ("namespace { enum Colour { Red, Green }; }", "int f() { int Red = 1; return Red; }"),
    "a macro": ("#define SIZE 3", "int SIZE();"),
    "a test": ("TEST(Suite, Case) {}", "TEST(Suite, Case) {}"),
    "a using directive": ("using namespace b;", "int f();"),
    "using enum": ("namespace {\nusing enum Type;\n}", "int f();"),
    "after a raw string with quotes": ('auto s = R"x(")x"; namespace { int f() { return 1; } }', "int g() { return f(); }"),
    "after a function with a body": ("namespace { int e() { if (1) { return 2; } return 1; } int f() { return 1; } }", "int g() { return f(); }"),
    "after a digit separator": ("namespace { int e = 1'000; int f() { return 1; } }", "int g() { return f(); }"),
    "a template": ("namespace { template <typename T> T f(T t) { return t; } }", "int g() { return f(1); }"),
}
TOGETHER = {
    "different names": ("namespace { int f() { return 1; } }", "namespace { int g() { return 1; } }"),
    "a name in a comment or a string": ("namespace { int f() { return 1; } }", '// f\n/* f */ auto s = "f";'),
    "what a header declares": ("int A::f() { return 1; }", "int g(A a) { return a.f(); }"),
    "what an alias stands for": ("namespace { using Key = std::string; }", "std::string g();"),
    "a member": ("namespace { int f() { int kept = 1; return kept; } }", "int kept();"),
    "literals": ("using namespace std::chrono_literals;", "using namespace std::chrono_literals;"),
    "tests": ("TEST(Suite, One) {}", "TEST(Suite, Two) {}"),
}


def groups(texts, size=8):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, text in enumerate(texts):
            paths.append(os.path.join(folder, f"{number}.cpp"))
            with open(paths[-1], "w", encoding="utf-8") as file:
                file.write(text)
        return [[int(os.path.basename(path)[:-4]) for path in group] for group in unity_groups.group(paths, size)]


class UnityGroups(unittest.TestCase):
    def test_apart(self):
        for name, texts in APART.items():
            with self.subTest(name):
                self.assertEqual(groups(texts), [])
                self.assertEqual(groups(texts[::-1]), [])

    def test_together(self):
        for name, texts in TOGETHER.items():
            with self.subTest(name):
                self.assertEqual(groups(texts), [[0, 1]])

    def test_no_group_is_larger_than_asked(self):
        self.assertEqual(groups([f"int f{i}();" for i in range(7)], 3), [[0, 1, 2], [3, 4, 5]])

    def test_a_file_joins_the_first_group_that_may_have_it(self):
        one, other = "namespace { int f() { return 1; } }", "int g();"
        self.assertEqual(groups([one, one, other, other]), [[0, 2, 3]])


if __name__ == "__main__":
    unittest.main()
