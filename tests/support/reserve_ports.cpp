// reserve_ports N: prints N reserved ports, one a line, and holds them until its input ends.
#include <cstdio>
#include <cstdlib>

#include "tests/support/reserved_port.hpp"

int main(int argc, char** argv) {
  for (int left = argc > 1 ? std::atoi(argv[1]) : 1; left > 0; --left)
    std::printf("%d\n", sekisho::test::reserve_port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}
