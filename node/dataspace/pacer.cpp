#include "node/dataspace/pacer.hpp"

#include "base/async/timer.hpp"

namespace sekisho::node {
namespace {

class SteadyPacer final : public Pacer {
 public:
  async::Task<void> pause(std::chrono::milliseconds span) override { co_await async::sleep_for(span); }
  async::SteadyTime now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

Pacer& steady_pacer() {
  static SteadyPacer pacer;
  return pacer;
}

}  // namespace sekisho::node
