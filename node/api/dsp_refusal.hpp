// What the server refuses before a handler of the Dataspace Protocol is reached (a body over the limit, a method or path
// that does not exist, a caller without an identity, a node at its limit), as the protocol's typed error documents.
#pragma once

#include <string>
#include <string_view>

#include "base/core/result.hpp"
#include "base/http/message.hpp"

namespace sekisho::node {

// Rewrites a problem document for a path of the protocol; leaves every other path's alone. For PipelineOptions::dress.
// A caller without an identity gets the answer of an unknown process on negotiations and transfers (the protocol
// wants 404 there), the same whether the id exists: nothing was looked up.
void dress_dsp(const Error& error, std::string_view path, http::Response& response);

// Of a request with a body: JSON, uncompressed. UnsupportedMedia (help "media").
[[nodiscard]] Status carries_json(const http::Request& request);

// The "@type" of errors of this path: CatalogError, ContractNegotiationError or TransferError; empty: not the protocol's.
[[nodiscard]] std::string_view dsp_error_type(std::string_view path);

// The process id in the path, as ids of errors show it; empty: none.
[[nodiscard]] std::string dsp_pid(std::string_view path);

}  // namespace sekisho::node
