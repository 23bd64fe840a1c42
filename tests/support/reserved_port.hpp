// TCP ports for servers whose port has to be named before they listen: nodes, brokers. A port that the kernel chose and
// that was given back can be taken, meanwhile, by any outgoing connection. scripts/lib/ports.py is the same in Python.
#pragma once

#include <cstdint>

namespace sekisho::test {

// A port of 127.0.0.1 on which nothing listens and which no other caller of this function gets, in this process or
// another of the machine, until this process ends. It lies outside the ports of outgoing connections
// (net.ipv4.ip_local_port_range). Throws std::runtime_error when there is none. Any thread.
[[nodiscard]] std::uint16_t reserve_port();

}  // namespace sekisho::test
