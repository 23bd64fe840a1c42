#!/usr/bin/env python3
"""How long the hand-written source files are. Fails above 500 lines (700 for a file of the tests), and when the median
or the 95th percentile of the product's files passes its budget.

usage: sizes.py [--root DIR] [--top N]
"""

import argparse
import os
import sys

import levels

LIMIT = 500
TEST_LIMIT = 700
MEDIAN_BUDGET = 120
P95_BUDGET = 350


def lines_of(root):
    """(lines, path) of every hand-written source file, the longest first."""
    counted = []
    for path in levels.sources(root):
        with open(os.path.join(root, path), "rb") as file:
            counted.append((sum(1 for _ in file), path))
    return sorted(counted, reverse=True)


def percentile(sorted_values, share):
    """Nearest rank; the values rise."""
    if not sorted_values:
        return 0
    rank = max(1, -(-len(sorted_values) * share // 100))
    return sorted_values[rank - 1]


def budget_values(counted):
    product = sorted(lines for lines, path in counted if not path.startswith("tests/"))
    return percentile(product, 50), percentile(product, 95), product


def summary(root):
    counted = lines_of(root)
    median, p95, product = budget_values(counted)
    longest = counted[0] if counted else (0, "-")
    return (f"sizes: {len(product)} files of the product, {sum(product)} lines, median {median}, p95 {p95}; "
            f"{len(counted) - len(product)} of the tests; longest {longest[0]} ({longest[1]})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser.add_argument("--top", type=int, default=0, help="also print the N longest files")
    arguments = parser.parse_args()
    counted = lines_of(arguments.root)
    for lines, path in counted[:arguments.top]:
        print(f"{lines:5} {path}")
    faults = [f"{path}: {lines} lines, the limit is {limit}" for lines, path in counted
              for limit in [TEST_LIMIT if path.startswith("tests/") else LIMIT] if lines > limit]
    median, p95, _ = budget_values(counted)
    if median > MEDIAN_BUDGET:
        faults.append(f"the median is {median} lines, the budget {MEDIAN_BUDGET}")
    if p95 > P95_BUDGET:
        faults.append(f"the 95th percentile is {p95} lines, the budget {P95_BUDGET}")
    for fault in faults:
        print(fault)
    print(summary(arguments.root))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
