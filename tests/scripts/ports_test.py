#!/usr/bin/env python3
"""Tests that no two test programs get the same port, in C++ (the program RESERVE_PORTS) and in Python, and that no outgoing
connection can take it."""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import unittest

LIB = pathlib.Path(__file__).resolve().parents[2] / "scripts/lib"
sys.path.insert(0, str(LIB))

import ports  # noqa: E402

PROCESSES, EACH = 8, 60  # of either language; without reservations the birthday problem gives them some in common
IN_PYTHON = f"""
import sys
sys.path.insert(0, {str(LIB)!r})
from ports import reserve_port
for _ in range({EACH}):
    print(reserve_port())
sys.stdout.flush()
sys.stdin.read()
"""


@contextlib.contextmanager
def holders(*commands):
    """The processes of these commands, each with the ports it printed; they hold them until the end of the block."""
    running = [subprocess.Popen(c, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for c in commands]
    try:
        yield [int(p.stdout.readline()) for p in running for _ in range(EACH)]
    finally:
        for process in running:
            process.communicate()


class Ports(unittest.TestCase):
    commands = [[os.environ["RESERVE_PORTS"], str(EACH)], [sys.executable, "-c", IN_PYTHON]]

    def test_every_caller_gets_another_port(self):
        with holders(*self.commands * PROCESSES) as held:
            self.assertEqual(len(held), 2 * PROCESSES * EACH)
            self.assertEqual(len(set(held)), len(held))

    def test_outgoing_connections_have_other_ports(self):
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as f:
            first, last = map(int, f.read().split())
        with holders(*self.commands) as held:
            self.assertEqual([port for port in held if first <= port <= last], [])

    def test_a_port_is_held_until_its_process_ends(self):
        for command in self.commands:
            with holders(command) as held:
                self.assertFalse(any(ports._hold(port) for port in held), command)
            self.assertTrue(all(ports._hold(port) for port in held), command)

    def test_a_port_that_somebody_listens_on_is_passed_over(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", ports.reserve_port()))
            other.listen()
            self.assertFalse(ports._can_be_bound(other.getsockname()[1]))


if __name__ == "__main__":
    unittest.main(verbosity=1)
