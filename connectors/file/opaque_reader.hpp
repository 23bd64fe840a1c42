// A file as opaque octets of any size, in constant memory. Its cursor is the octet offset.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "connectors/connector.hpp"

namespace sekisho::connectors {

// A regular file, read from `offset`; SourceFailed, also for an offset behind its end. Blocks for one open.
// A batch holds at most 256 KiB; a file whose size changed while it was read fails. Reads on `pool` where there is one.
[[nodiscard]] Result<std::unique_ptr<Reader>> open_opaque(const std::filesystem::path& path, std::uint64_t offset,
                                                          std::shared_ptr<async::BlockingPool> pool);

}  // namespace sekisho::connectors
