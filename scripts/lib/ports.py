"""TCP ports for servers whose port has to be named before they listen: nodes, brokers, services. A port that the kernel chose
and that was given back can be taken, meanwhile, by any outgoing connection. tests/support/reserved_port.cpp is the same in C++."""

import random
import socket

FIRST, LAST = 10000, 65535
_held = []


def _outside_outgoing():
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as f:
        first, last = map(int, f.read().split())
    return [port for port in range(FIRST, LAST + 1) if not first <= port <= last]


def _hold(port):
    """An abstract socket name belongs to one process of the network namespace, as the port does; the kernel gives it back when
    the process ends, however it ends. So the socket stays open."""
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0sekisho-port-{port}")
    except OSError:
        name.close()
        return False
    _held.append(name)
    return True


def _can_be_bound(port):
    """As a server binds: what lingers of ended connections does not matter, who listens does."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def reserve_port():
    """A port of 127.0.0.1 on which nothing listens and which no other caller gets, in this process or another of the machine,
    until this process ends. It lies outside the ports of outgoing connections (net.ipv4.ip_local_port_range)."""
    ports = _outside_outgoing()
    start = random.SystemRandom().randrange(len(ports))
    for port in ports[start:] + ports[:start]:
        if _hold(port) and _can_be_bound(port):
            return port
    raise OSError("no port is left outside those of outgoing connections")
