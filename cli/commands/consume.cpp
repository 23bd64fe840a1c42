#include "cli/commands/consume.hpp"

#include <cstdio>

#include <fcntl.h>

#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/core/encoding.hpp"
#include "base/core/file.hpp"
#include "base/core/json.hpp"
#include "base/crypto/digest.hpp"
#include "base/http/url.hpp"
#include "cli/output.hpp"
#include "trust/evidence/commitment.hpp"
#include "trust/evidence/envelope.hpp"
#include "trust/evidence/statement.hpp"

namespace sekisho::cli {
namespace {

struct ConsumeOptions {
  NodeAddress node;
  std::string provider, dataset, purpose, idempotency_key;
  std::filesystem::path out, receipt;
  std::string resume;
  std::optional<std::uint64_t> received;
  bool json = false;
};

int catalog(const ConsumeOptions& options) {
  const auto answer = call(options.node, Call{"GET", "/v1/catalog/" + http::percent_encode(options.provider), {}, {}});
  if (!answer) return report(answer.error(), options.json);
  if (options.json) {
    fmt::print("{}\n", answer->body);
    return kGood;
  }
  const auto document = parse_json(answer->body);
  if (!document || !document->is_object()) return report(Error(Code::JsonShape, "the catalogue is no object"), false);
  const auto* datasets = document->get_object().if_contains("dataset");
  if (datasets == nullptr || !datasets->is_array()) {
    fmt::print("{} offers nothing to this organization\n", options.provider);
    return kGood;
  }
  for (const auto& dataset : datasets->get_array()) {
    if (!dataset.is_object()) return report(Error(Code::JsonShape, "a dataset of the catalogue is no object"), false);
    const auto& row = dataset.get_object();
    fmt::print("{}\n", printable(get_string(row, "@id").value_or("?")));
    if (const auto title = get_optional_string(row, "title"); title && *title) fmt::print("  {}\n", printable(**title));
    if (const auto* offers = row.if_contains("hasPolicy"); offers != nullptr) fmt::print("  {}\n", to_text(*offers));
  }
  return kGood;
}

// What the caller keeps, checked before it is written: the statement speaks of exactly these data.
Result<JsonObject> receipt_of(const http::ClientResponse& answer) {
  const auto field = [&](std::string_view name) { return std::string(answer.headers.get(name)); };
  JsonObject out{{"exchange", field("Sekisho-Exchange")},
                 {"intent", field("Sekisho-Intent")},
                 {"transfer", field("Sekisho-Transfer")},
                 {"agreement", field("Sekisho-Agreement")},
                 {"log", field("Sekisho-Log")},
                 {"statement", field("Sekisho-Statement")},
                 {"salt", field("Sekisho-Salt")},
                 {"media", field("Content-Type")},
                 {"bytes", static_cast<std::int64_t>(answer.body.size())},
                 {"correlationId", field("Sekisho-Correlation-Id")}};
  const auto salt = digest_from_hex(field("Sekisho-Salt"));
  if (!salt) return fail(Code::EvidenceInvalid, "the answer carries no salt", salt.error());
  if (field("Sekisho-Statement").empty()) return out;  // by reference
  const auto envelope = trust::envelope_from_header(field("Sekisho-Statement"));
  if (!envelope) return fail(Code::EvidenceInvalid, "the statement is malformed", envelope.error());
  const auto statement = trust::parse_statement(envelope->payload);
  if (!statement) return fail(Code::EvidenceInvalid, "the statement is malformed", statement.error());
  if (statement->kind != trust::StatementKind::Release || statement->subject.size() != 1) {
    return fail(Code::EvidenceInvalid, "the statement is no release");
  }
  if (auto fits = trust::verify_commitment(*salt, as_bytes(answer.body), statement->subject[0].commitment); !fits) {
    return fail(Code::EvidenceInvalid, "the data are not those of the statement", fits.error());
  }
  out["statementId"] = to_hex(statement->id);
  out["provider"] = statement->issuer.did;
  out["providerLog"] = fmt::format("{}#{}", statement->origin, statement->index);
  return out;
}

bool is_stream(const http::ClientResponse& head) {
  const auto envelope = trust::envelope_from_header(head.headers.get("Sekisho-Statement"));
  if (!envelope) return false;
  const auto statement = trust::parse_statement(envelope->payload);
  return statement && statement->kind == trust::StatementKind::StreamOpen;
}

// A record is kept until it is checked; a stream, whose windows the node checked, is written as it comes.
struct Arriving {
  http::ClientResponse answer;
  bool stream = false;
  std::uint64_t bytes = 0;
  std::FILE* out = nullptr;

  explicit Arriving(const std::filesystem::path& path) : path_(path) {}
  Arriving(const Arriving&) = delete;
  Arriving& operator=(const Arriving&) = delete;
  ~Arriving() {
    if (out != nullptr && out != stdout) std::fclose(out);
  }

  Status begin(const http::ClientResponse& head) {
    answer = head;
    stream = is_stream(head);
    if (!stream) return {};
    out = stdout;
    if (!path_.empty()) {
      const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
      out = file < 0 ? nullptr : ::fdopen(file, "wb");
    }
    if (out == nullptr) return fail(Code::Io, "cannot write " + path_.string());
    return {};
  }
  Status add(std::string_view part) {
    bytes += part.size();
    if (!stream && answer.body.size() + part.size() > kMostRecord)
      return fail(Code::LimitExceeded, "a record is over 2 MiB");
    if (!stream) {
      answer.body += part;
    } else if (std::fwrite(part.data(), 1, part.size(), out) != part.size() || std::fflush(out) != 0) {
      return fail(Code::Io, "cannot write the data");
    }
    return {};
  }

 private:
  static constexpr std::size_t kMostRecord = 2U << 20;
  const std::filesystem::path path_;
};

int end_stream(const ConsumeOptions& options, const Arriving& arriving, const Status& ended) {
  const auto field = [&](std::string_view name) { return std::string(arriving.answer.headers.get(name)); };
  JsonObject receipt{{"exchange", field("Sekisho-Exchange")},
                     {"intent", field("Sekisho-Intent")},
                     {"transfer", field("Sekisho-Transfer")},
                     {"agreement", field("Sekisho-Agreement")},
                     {"log", field("Sekisho-Log")},
                     {"statement", field("Sekisho-Statement")},
                     {"salt", field("Sekisho-Salt")},
                     {"media", field("Content-Type")},
                     {"stream", true},
                     {"complete", ended.has_value()},
                     {"bytes", static_cast<std::int64_t>(arriving.bytes)}};
  if (!field("Sekisho-Resumed-At").empty()) receipt["resumedAt"] = field("Sekisho-Resumed-At");
  if (!options.receipt.empty()) {
    if (auto kept = write_file_atomic(options.receipt, as_bytes(to_text(Json(receipt)) + "\n"), 0600); !kept)
      return report(kept.error(), options.json);
  }
  if (options.json) {
    fmt::print("{}\n", to_text(Json(receipt)));
  } else {
    fmt::print(stderr, "{} bytes, exchange {}, agreement {}, log {}\n", arriving.bytes, field("Sekisho-Exchange"),
               field("Sekisho-Agreement").substr(0, 16), field("Sekisho-Log"));
  }
  if (ended) return kGood;
  return report(Error(ended.error()).with("resume", field("Sekisho-Exchange")), false);
}

int get_data(const ConsumeOptions& options) {
  Call request{"GET",
               "/v1/data/" + http::percent_encode(options.provider) + "?dataset=" +
                   http::percent_encode(options.dataset) + "&purpose=" + http::percent_encode(options.purpose),
               {},
               {}};
  if (!options.resume.empty()) request.target += "&resume=" + http::percent_encode(options.resume);
  if (options.received) request.target += "&received=" + std::to_string(*options.received);
  if (!options.idempotency_key.empty()) request.headers.set("Idempotency-Key", options.idempotency_key);
  Arriving arriving(options.out);
  AnswerSink sink;
  sink.head = [&arriving](const http::ClientResponse& head) { return arriving.begin(head); };
  sink.part = [&arriving](std::string_view part) { return arriving.add(part); };
  const Status ended = call_stream(options.node, std::move(request), sink);
  if (arriving.stream) return end_stream(options, arriving, ended);
  if (!ended) return report(ended.error(), options.json);
  const http::ClientResponse* answer = &arriving.answer;
  const auto receipt = receipt_of(*answer);
  if (!receipt) return report(receipt.error(), options.json);
  if (!options.receipt.empty()) {
    if (auto kept = write_file_atomic(options.receipt, as_bytes(to_text(Json(*receipt)) + "\n"), 0600); !kept) {
      return report(kept.error(), options.json);
    }
  }
  if (!options.out.empty()) {
    if (auto written = write_file_atomic(options.out, as_bytes(answer->body), 0600); !written)
      return report(written.error(), options.json);
  }
  if (options.json) {
    fmt::print("{}\n", to_text(Json(*receipt)));
  } else {
    if (options.out.empty()) std::fwrite(answer->body.data(), 1, answer->body.size(), stdout);
    fmt::print(stderr, "{} bytes, exchange {}, agreement {}, log {}\n", answer->body.size(),
               answer->headers.get("Sekisho-Exchange"), answer->headers.get("Sekisho-Agreement").substr(0, 16),
               answer->headers.get("Sekisho-Log"));
  }
  return kGood;
}

}  // namespace

void add_node_options(CLI::App& command, NodeAddress& node) {
  command.add_option("--node", node.url, "the service listener, https://name:port")->required();
  command.add_option("--cacert", node.ca_file, "PEM roots that its certificate must lead to; default: the machine's");
  command.add_option("--token-file", node.token_file, "holds the bearer token, mode 0600; default: SEKISHO_TOKEN");
}

void add_consume_commands(CLI::App& app, int& code) {
  const auto options = std::make_shared<ConsumeOptions>();
  CLI::App* command = app.add_subcommand("catalog", "what a provider offers to this organization");
  command->add_option("provider", options->provider, "DNS name of the providing node")->required();
  add_node_options(*command, options->node);
  command->add_flag("--json", options->json);
  command->callback([options, &code] { code = catalog(*options); });

  command = app.add_subcommand("get", "data of a provider, and the receipt");
  command->add_option("provider", options->provider, "DNS name of the providing node")->required();
  command->add_option("--dataset", options->dataset)->required();
  command->add_option("--purpose", options->purpose, "purpose IRI of the offer")->required();
  command->add_option("-o,--out", options->out, "file for the data; default: standard output");
  command->add_option("--receipt", options->receipt, "file for the receipt");
  command->add_option("--resume", options->resume, "go on with the stream of this exchange; --out gets the rest");
  command->add_option("--received", options->received, "octets of it that are held");
  command->add_option("--idempotency-key", options->idempotency_key, "deliver at most once under this key");
  add_node_options(*command, options->node);
  command->add_flag("--json", options->json, "print the receipt instead of the data");
  command->callback([options, &code] { code = get_data(*options); });
}

}  // namespace sekisho::cli
