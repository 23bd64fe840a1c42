#include "connectors/builtin.hpp"
#include "tests/conformance/connectors/own_subjects.hpp"
#include "tests/conformance/connectors/page_server.hpp"

namespace sekisho::conformance {

namespace {

std::string address(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

class HttpSource final : public Source {
 public:
  HttpSource(Pages pages, const Wish& wish) : server_(pages, wish) {
    context_ = host({address(server_.port())}, {}, wish.secret_missing);
    const auto manifest = connectors::parse_source_manifest_text(manifest_of(pages, server_.port()));
    if (!manifest) {
      status_ = fail(manifest.error());
      return;
    }
    Result<std::unique_ptr<connectors::Connector>> made = connectors::make_connector(*manifest, context_);
    if (!made) {
      status_ = fail(made.error());
      return;
    }
    connector_ = std::move(*made);
  }

  [[nodiscard]] const Status& status() const { return status_; }
  [[nodiscard]] connectors::Connector& connector() override { return *connector_; }
  [[nodiscard]] bool saw_canary() const override { return server_.saw_canary(); }
  [[nodiscard]] std::size_t tokens() const override { return server_.tokens(); }
  [[nodiscard]] std::size_t too_early() const override { return server_.too_early(); }
  [[nodiscard]] std::uint64_t handed_out() const override { return server_.sent(); }

 private:
  PageServer server_;
  connectors::Context context_;
  Status status_;
  std::unique_ptr<connectors::Connector> connector_;
};

class HttpSubject final : public Subject {
 public:
  explicit HttpSubject(Pages pages) : pages_(pages) {}

  [[nodiscard]] std::string name() const override {
    constexpr const char* kNames[] = {"http one answer", "http link header",  "http link in body", "http page",
                                      "http offset",     "http continuation", "http bundle"};
    return kNames[static_cast<std::size_t>(pages_)];
  }

  [[nodiscard]] std::string not_applicable(Check check) const override {
    if (pages_ == Pages::OneAnswer && check == Check::TokenExpiry) return "one call, and a fixed key";
    if (pages_ == Pages::OneAnswer && (check == Check::Budget || check == Check::SlowSink)) {
      return "one answer holds 4 MiB at most";
    }
    return "";
  }

  [[nodiscard]] std::string good_settings() const override { return manifest_of(pages_, 9); }

  [[nodiscard]] std::vector<std::string> bad_settings() const override {
    const std::string good = good_settings();
    const auto with = [&good](std::string_view old, std::string_view now) {
      std::string out = good;
      return out.replace(out.find(old), old.size(), now);
    };
    std::vector<std::string> out = {"",
                                    "[]",
                                    R"({"kind":"http"})",
                                    with("127.0.0.1", "farm.example"),
                                    with(R"("kind":"http",)", R"("kind":"http","more":1,)"),
                                    with(R"("kind":"http",)", R"("kind":"http","kind":"http",)"),
                                    with("20000", "0"),
                                    with("20000", "\"1\"")};
    if (pages_ == Pages::OneAnswer) {
      out.push_back(with("X-Key", "Host"));
      out.push_back(with("X-Key", "X-Key:"));
    } else {
      out.push_back(with(R"({"secret":"source"})", "\"in the open\""));
      out.push_back(with("/data?q=1", "data"));
      out.push_back(with(R"("kind":"oauth2_client_credentials")", R"("kind":"none")"));
      out.push_back(with(R"("paginator":{)", R"("paginator":{"more":1,)"));
    }
    return out;
  }

  [[nodiscard]] Result<std::unique_ptr<connectors::Connector>> make(const std::string& settings,
                                                                    const connectors::Context& context) override {
    const auto manifest = connectors::parse_source_manifest_text(settings);
    if (!manifest) return fail(manifest.error());
    return connectors::make_connector(*manifest, context);
  }

  [[nodiscard]] Result<std::unique_ptr<Source>> start(const Wish& wish) override {
    auto source = std::make_unique<HttpSource>(pages_, wish);
    if (!source->status()) return fail(source->status().error());
    return std::unique_ptr<Source>(std::move(source));
  }

 private:
  const Pages pages_;
};

}  // namespace

std::vector<std::unique_ptr<Subject>> http_subjects() {
  std::vector<std::unique_ptr<Subject>> out;
  for (const Pages pages : {Pages::OneAnswer, Pages::LinkHeader, Pages::LinkInBody, Pages::PageNumber, Pages::Offset,
                            Pages::Continuation, Pages::Bundle}) {
    out.push_back(std::make_unique<HttpSubject>(pages));
  }
  return out;
}

}  // namespace sekisho::conformance
