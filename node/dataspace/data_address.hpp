// Where data lie or go: the DataAddress of the Dataspace Protocol 2025-1, read strictly.
//
// Besides the protocol's own form, what the Eclipse connector writes is read: properties whose names are IRIs
// ("https://w3id.org/edc/v0.0.1/ns/authorization"), and the endpoint as such a property instead of a member. Two values
// for one thing are refused, also in the two spellings. Other properties are ignored.
#pragma once

#include <string>

#include "base/core/json.hpp"
#include "base/core/result.hpp"

namespace sekisho::node {

struct DataAddress {
  std::string endpoint;     // empty: none was named
  std::string token;        // property "authorization": printable ASCII, at most 4096 octets
  std::string auth_type{};  // property "authType": "bearer", or empty

  // The value of the Authorization field; empty without a token. Without a type the token is the whole value.
  [[nodiscard]] std::string authorization() const;
};

// JSON_SHAPE with help "pointer" below /dataAddress.
[[nodiscard]] Result<DataAddress> parse_data_address(const JsonObject& object);

[[nodiscard]] Json to_json(const DataAddress& address);

}  // namespace sekisho::node
