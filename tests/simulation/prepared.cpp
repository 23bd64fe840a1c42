#include "tests/simulation/prepared.hpp"

#include "node/journal/materials.hpp"
#include "tests/simulation/world.hpp"

namespace sekisho::simulation {
namespace {

Prepared make_nothing() {
  Cast& cast = Cast::shared();
  Prepared out;
  out[kFarm] = cast.catalogue;
  for (std::size_t i = 0; i < kNodes; ++i) {
    const node::Mutation chain = node::archive_chain(cast.self[i].statement_chain);
    out[i][static_cast<std::size_t>(chain.family)][chain.key] = *chain.value;
  }
  return out;
}

Prepared make_agreement() {
  World world(scenarios().front(), {}, 1);
  Calm calm;
  world.run(calm);
  if (!world.violations().empty()) std::abort();
  return {world.node(kFarm).storage().tables(), world.node(kTrade).storage().tables()};
}

}  // namespace

const Prepared& prepared_nothing() {
  static const Prepared made = make_nothing();
  return made;
}

const Prepared& prepared_agreement() {
  static const Prepared made = make_agreement();
  return made;
}

}  // namespace sekisho::simulation
