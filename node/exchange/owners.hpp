// Which client of this node made an exchange or ordered a transfer: only it sees and resumes the one, sees and ends the
// other. Whoever may audit sees all.
//
// Rows of family Exchange: "client" ‖ exchange, "order" ‖ SHA-256(own process id) → the client's id. Without a row
// nobody of the data clients owns it: it is of the node itself, or older than the rows.
#pragma once

#include <string_view>

#include "base/core/result.hpp"
#include "base/core/uuid.hpp"
#include "node/journal/ports/storage.hpp"

namespace sekisho::node {

[[nodiscard]] Mutation exchange_owner(const Uuid& exchange, std::string_view client);
[[nodiscard]] Mutation order_owner(std::string_view pid, std::string_view client);

[[nodiscard]] Result<bool> owns_exchange(const Storage& storage, const Uuid& exchange, std::string_view client);
[[nodiscard]] Result<bool> owns_order(const Storage& storage, std::string_view pid, std::string_view client);

}  // namespace sekisho::node
