// A source that is a file, or a directory of *.ndjson files read in the order of their names; a row is one line. With
// another media type than NDJSON it is one file of opaque octets. Every batch has a cursor (file_cursor.hpp).
//
// Each file is opened without following a final symbolic link out of sight: what is opened must be a regular file.
// Refused while reading: lines over the credit, invalid UTF-8, a last line without newline is completed, a file whose
// size changed since it was opened (SourceFailed: it was being written).
#pragma once

#include "connectors/connector.hpp"
#include "connectors/source_manifest.hpp"

namespace sekisho::connectors {

inline constexpr Spec kFileSpec{"file", "a file or a directory of NDJSON files", false};

// Files up to this size are read on the calling thread: a page-cache read is cheaper than two thread hops.
inline constexpr std::size_t kInlineBytes = 64U << 10;
inline constexpr std::size_t kMaxFiles = 10'000;

[[nodiscard]] std::unique_ptr<Connector> make_file_connector(const FileSource& source, const Context& context);

}  // namespace sekisho::connectors
