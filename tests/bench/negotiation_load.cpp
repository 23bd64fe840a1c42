// Drives a consumer node by its operator socket: N negotiations in flight, each from the wish to FINALIZED, for a time.
// Prints one JSON object.
//
//   negotiation_load --socket PATH --body FILE --in-flight N --seconds S [--warm-up S] [--count N]
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/core/json.hpp"
#include "base/core/result.hpp"
#include "tests/bench/tls_load.hpp"

namespace sekisho::bench {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Lane {
  int fd = -1;
  std::string in;
  SteadyTime sent;

  Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  ~Lane() {
    if (fd >= 0) ::close(fd);
  }
};

struct Options {
  std::string socket;
  std::string request;  // head and body
  std::size_t in_flight = 1;
  std::size_t count = 0;  // 0: no limit but the time
  std::chrono::microseconds warm_up{0};
  std::chrono::microseconds duration{0};
};

std::unexpected<Error> broken(std::string_view what) {
  return fail(Code::Connection, fmt::format("{}: {}", what, std::strerror(errno)));
}

Status connect(Lane& lane, const std::string& path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.size() >= sizeof to.sun_path) return fail(Code::InvalidArgument, "the socket's path is too long");
  std::ranges::copy(path, to.sun_path);
  lane.fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::connect(lane.fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return broken("connect");
  return {};
}

// A request fits into the socket's buffer, so that nothing is left to be written later.
Status ask(Lane& lane, const std::string& request) {
  lane.sent = std::chrono::steady_clock::now();
  if (::send(lane.fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) return broken("write");
  return {};
}

// The status of the answer, 0 while it is not whole; 200 is all that the load wants to see.
int status_of(const std::string& in) {
  const auto end = in.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  std::size_t length = 0;
  const auto text = header_value(std::string_view(in).substr(0, end + 4), "content-length");
  std::from_chars(text.data(), text.data() + text.size(), length);
  if (in.size() < end + 4 + length) return 0;
  int status = 0;
  std::from_chars(in.data() + 9, in.data() + 12, status);
  return status;
}

Result<LoadReport> run_load(const Options& o) {
  const int poll = ::epoll_create1(0);
  std::vector<std::unique_ptr<Lane>> lanes;
  for (std::size_t i = 0; i < o.in_flight; ++i) {
    auto lane = std::make_unique<Lane>();
    if (auto done = connect(*lane, o.socket); !done) return fail(done.error());
    epoll_event event{EPOLLIN, {.u64 = i}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, lane->fd, &event);
    lanes.push_back(std::move(lane));
  }
  LoadReport report;
  const auto start = std::chrono::steady_clock::now();
  const auto from = start + o.warm_up;
  const auto until = from + o.duration;
  std::size_t begun = 0;
  std::size_t running = 0;
  const auto next = [&](Lane& lane) -> Status {
    const bool enough = std::chrono::steady_clock::now() >= until || (o.count != 0 && begun >= o.count);
    if (enough) return {};
    ++begun;
    ++running;
    return ask(lane, o.request);
  };
  for (auto& lane : lanes) {
    if (auto done = next(*lane); !done) return fail(done.error());
  }
  std::array<epoll_event, 256> events{};
  std::array<char, 65536> buffer{};
  auto last = from;
  while (running > 0) {
    const int n = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), 40'000);
    if (n <= 0) return fail(Code::Deadline, "no negotiation ended for 40 s");
    for (int i = 0; i < n; ++i) {
      Lane& lane = *lanes[events[static_cast<std::size_t>(i)].data.u64];
      const ssize_t got = ::read(lane.fd, buffer.data(), buffer.size());
      if (got <= 0) return broken("the node closed the connection");
      lane.in.append(buffer.data(), static_cast<std::size_t>(got));
      const int status = status_of(lane.in);
      if (status == 0) continue;
      const auto now = std::chrono::steady_clock::now();
      --running;
      ++report.all_answers;
      if (status != 200 && report.refused++ == 0) report.first_refusal = lane.in;
      if (now >= from && now <= until) {
        ++report.answers;
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - lane.sent);
        report.latencies_us.push_back(static_cast<std::uint32_t>(took.count()));
        last = now;
      }
      lane.in.clear();
      if (auto done = next(lane); !done) return fail(done.error());
    }
  }
  ::close(poll);
  report.seconds = std::chrono::duration<double>(last - from).count();
  return report;
}

std::chrono::microseconds seconds(const std::string& text) {
  return std::chrono::microseconds(static_cast<std::int64_t>(std::stod(text.empty() ? "0" : text) * 1e6));
}

int run(std::map<std::string, std::string> a) {
  std::ifstream file(a["body"], std::ios::binary);
  const std::string body(std::istreambuf_iterator<char>(file), {});
  Options options;
  options.socket = a["socket"];
  options.request = fmt::format(
      "POST /negotiations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
  options.in_flight = std::stoul(a["in-flight"]);
  options.count = a["count"].empty() ? 0 : std::stoul(a["count"]);
  options.warm_up = seconds(a["warm-up"]);
  options.duration = seconds(a["seconds"]);
  auto report = run_load(options);
  if (!report) {
    fmt::print(stderr, "{}\n", report.error().chain());
    return 1;
  }
  JsonObject out{{"answers", static_cast<std::int64_t>(report->all_answers)}, {"refused", static_cast<std::int64_t>(report->refused)},
                 {"per_second", report->per_second()}, {"p50_ms", report->percentile_ms(0.5)},
                 {"p95_ms", report->percentile_ms(0.95)}, {"p99_ms", report->percentile_ms(0.99)}};
  if (report->refused > 0) out["first_refusal"] = report->first_refusal.substr(0, 600);
  fmt::print("{}\n", to_text(Json(std::move(out))));
  return 0;
}

}  // namespace
}  // namespace sekisho::bench

int main(int argc, char** argv) {
  std::map<std::string, std::string> arguments;
  for (int i = 1; i + 1 < argc; i += 2) arguments[std::string(argv[i]).substr(2)] = argv[i + 1];
  if (arguments["socket"].empty() || arguments["body"].empty() || arguments["in-flight"].empty() || arguments["seconds"].empty()) return 2;
  return sekisho::bench::run(std::move(arguments));
}
