#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "connectors/builtin.hpp"
#include "tests/conformance/connectors/own_subjects.hpp"
#include "tests/support/temp_folder.hpp"

namespace sekisho::conformance {

namespace {

namespace fs = std::filesystem;
using testing_support::TempFolder;

enum class Shape : std::uint8_t { OneFile, Folder, Opaque };

class FileSource final : public Source {
 public:
  FileSource(Shape shape, const Wish& wish) : shape_(shape), wish_(wish) {}

  Status make() {
    const bool folder = shape_ == Shape::Folder;
    if (folder) fs::create_directory(folder_.file("data"));
    const bool absent = wish_.fault == Fault::Absent;
    if (!absent) write(folder);
    const std::string path = absent ? "nothing.ndjson" : name();
    const std::string media = shape_ == Shape::Opaque ? R"(,"media":"application/octet-stream")" : "";
    const auto manifest =
        connectors::parse_source_manifest_text(R"({"kind":"file","path":")" + path + '"' + media + "}");
    if (!manifest) return fail(manifest.error());
    context_ = host({}, folder_.path());
    Result<std::unique_ptr<connectors::Connector>> made = connectors::make_connector(*manifest, context_);
    if (!made) return fail(made.error());
    connector_ = std::move(*made);
    return {};
  }

  [[nodiscard]] connectors::Connector& connector() override { return *connector_; }
  void mend() override {
    wish_.fault = Fault::None;
    write(shape_ == Shape::Folder);
  }

 private:
  [[nodiscard]] std::string name() const { return shape_ == Shape::Folder ? "data" : "data.ndjson"; }

  void write(bool folder) {
    // A folder is read in the order of its names; three files, cut between records.
    const std::size_t files = folder ? 3 : 1;
    std::size_t number = 0;
    for (std::size_t f = 0; f < files; ++f) {
      const fs::path path =
          folder ? folder_.path() / "data" / (std::to_string(f) + ".ndjson") : folder_.path() / name();
      std::ofstream out(path, std::ios::binary);
      const std::size_t end = wish_.records * (f + 1) / files;
      for (; number < end; ++number) out << record(number);
      out.close();
      fs::last_write_time(path, fs::file_time_type::clock::now() + wish_.clock_ahead);
    }
  }

  [[nodiscard]] std::string record(std::size_t number) const {
    std::string line = record_line(number, wish_.record_bytes);
    if (number + 1 == wish_.records && wish_.fault == Fault::Truncated) line.resize(line.size() / 2);
    if (number == wish_.fault_after && wish_.fault == Fault::Garbage) line[line.size() / 2] = '\xff';
    return line;
  }

  const Shape shape_;
  Wish wish_;
  TempFolder folder_;
  connectors::Context context_;
  std::unique_ptr<connectors::Connector> connector_;
};

class FileSubject final : public Subject {
 public:
  explicit FileSubject(Shape shape) : shape_(shape) {}

  [[nodiscard]] std::string name() const override {
    constexpr const char* kNames[] = {"file", "file folder", "file opaque"};
    return kNames[static_cast<std::size_t>(shape_)];
  }

  [[nodiscard]] std::string not_applicable(Check check) const override {
    switch (check) {
      case Check::Reset:
      case Check::Delay:
      case Check::TooManyRequests:
      case Check::Burst503: return "a file has no connection";
      case Check::WrongLength: return "a file says no length but its own";
      case Check::TokenExpiry:
      case Check::Canary: return "a file takes no secret";
      case Check::Garbage:
      case Check::Truncated: return shape_ == Shape::Opaque ? "opaque octets are not looked at" : "";
      default: return "";
    }
  }

  [[nodiscard]] std::string good_settings() const override {
    return shape_ == Shape::Opaque ? R"({"kind":"file","path":"scan.tif","media":"image/tiff"})"
                                   : R"({"kind":"file","path":"events.ndjson"})";
  }
  [[nodiscard]] std::vector<std::string> bad_settings() const override {
    return {"",
            "[]",
            R"({"kind":"file"})",
            R"({"kind":"file","path":""})",
            R"({"kind":"file","path":7})",
            R"({"kind":"file","path":"a","more":1})",
            R"({"kind":"file","path":"a","path":"b"})"};
  }
  [[nodiscard]] Result<std::unique_ptr<connectors::Connector>> make(const std::string& settings,
                                                                    const connectors::Context& context) override {
    const auto manifest = connectors::parse_source_manifest_text(settings);
    if (!manifest) return fail(manifest.error());
    return connectors::make_connector(*manifest, context);
  }
  [[nodiscard]] Result<std::unique_ptr<Source>> start(const Wish& wish) override {
    auto source = std::make_unique<FileSource>(shape_, wish);
    Status made = source->make();
    if (!made) return fail(made.error());
    return std::unique_ptr<Source>(std::move(source));
  }

 private:
  const Shape shape_;
};

}  // namespace

std::vector<std::unique_ptr<Subject>> file_subjects() {
  std::vector<std::unique_ptr<Subject>> out;
  for (const Shape shape : {Shape::OneFile, Shape::Folder, Shape::Opaque}) {
    out.push_back(std::make_unique<FileSubject>(shape));
  }
  return out;
}

}  // namespace sekisho::conformance
