// HTTP messages as plain values: what handlers take and give. No parser, no socket, no library type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/async/deadline.hpp"
#include "base/async/task.hpp"
#include "base/core/bytes.hpp"
#include "base/core/result.hpp"

namespace sekisho::http {

struct Header {
  std::string name;
  std::string value;
};

[[nodiscard]] bool same_name(std::string_view a, std::string_view b);  // ASCII, any case

// Field lines in the order of the message; names compare in any case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> fields) : fields_(fields) {}

  // The first field's value, or nullopt.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view()); }
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }

  void add(std::string name, std::string value) { fields_.push_back({std::move(name), std::move(value)}); }
  void set(std::string_view name, std::string value);  // replaces all of that name
  void remove(std::string_view name);
  void clear() { fields_.clear(); }

  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }

 private:
  std::vector<Header> fields_;
};

// The other end of a connection. Immutable and shared by all requests of the connection until the connection is
// judged again.
struct Peer {
  std::string address;                   // "192.0.2.1", "::1", or "unix"
  std::vector<Bytes> chain_der;          // leaf first; empty when no certificate was presented
  std::shared_ptr<const void> identity;  // what the judge returned, typed by the room above; null without
  std::shared_ptr<const Error> refusal;  // why the judge refused the chain; null when accepted or none presented
  bool unix_socket = false;
  uid_t uid = static_cast<uid_t>(-1);  // of the process at the other end of a Unix socket
  std::uint64_t connection = 0;        // unique in the process
};

struct Request {
  std::string method;
  std::string target;                 // as received
  std::string path;                   // decoded; never with ".", ".." or empty segments
  std::vector<std::string> segments;  // decoded one by one: a segment may hold an encoded slash, path then does too
  std::string query;                  // raw, without "?"; parse_query in url.hpp reads it
  Headers headers;
  std::string body;  // whole, within the route's limit
  std::shared_ptr<const Peer> peer;
  std::shared_ptr<const void> caller;  // who the bearer token belongs to, typed by the pipeline; null without
  std::string correlation_id;
  async::Deadline deadline;
  std::map<std::string, std::string> params;  // the route's {names}, decoded

  [[nodiscard]] const std::string& param(const std::string& name) const;  // empty when the route has no such name
};

// Where a streaming answer writes. write returns when the socket accepted the chunk: that is the back-pressure. An empty
// chunk sends what is ready, which before the first chunk is the head of the answer.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual async::Task<Status> write(std::string chunk) = 0;
  // Ends the connection at once, also under a write that waits; nothing leaves any more. On the sink's executor.
  virtual void abort() {}
  // Whether the other side is known to have closed or reset the connection; never blocks. On the sink's executor.
  [[nodiscard]] virtual bool gone() const { return false; }
};

struct Response {
  int status = 200;
  Headers headers;  // without Content-Length, Transfer-Encoding, Connection, Date: those are the server's
  std::string body;
  // If set, the body is chunked and comes from here; an error ends the connection without the last chunk, so that
  // the client sees a truncated answer and not a short one.
  std::function<async::Task<Status>(BodySink&)> stream;
  // Called once, when the answer was handed to the kernel (true) or could not be (false). Must not throw.
  std::function<void(bool sent)> after;
  bool close = false;  // end the connection after this answer
};

[[nodiscard]] Response json_response(int status, std::string body);
[[nodiscard]] Response text_response(int status, std::string body);
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace sekisho::http
