// SPDX-License-Identifier: Apache-2.0
// tushu-marc split - one file into several.
#include "base/hash.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "common.hpp"
#include "marc/path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <list>
#include <map>

namespace tushu::cmd {
namespace {

constexpr std::size_t kMostOpen = 50;  // files, when split by value; the others rest

struct Options {
    ReadArgs read;
    WriteArgs write;
    std::string prefix, by;
    std::optional<std::uint64_t> records, bytes;
    bool every_value = false;
};

struct Part {
    std::unique_ptr<Output> out;
    std::uint64_t records = 0;
    bool is_open = true;
    std::list<Part*>::iterator turn;
};

// Takes records apart into files while they come; on one thread. All files appear together at the
// end: some of them would pass for all of them.
class Splitter {
  public:
    Splitter(Context& context, const Options& options, const marc::WriteOptions& write)
        : context_(context),
          options_(options),
          format_(write.format),
          writer_(marc::make_writer(write)) {
        if (!options.by.empty()) path_ = marc::Path::parse(options.by);
    }

    void add(const marc::Record& record) {
        if (path_) {
            add_by_value(record);
            return;
        }
        const Part* const last = open_.empty() ? nullptr : open_.front();
        const bool is_full =
            last != nullptr && ((options_.records && last->records >= *options_.records) ||
                                (options_.bytes && last->out->bytes() >= *options_.bytes));
        if (is_full) {
            end(*open_.front());
            rest(open_.begin());
        }
        if (last == nullptr || is_full) ++number_;
        add_to(part_of(fmt::format("{:020}", number_), fmt::format("{:04}", number_)), record);
    }

    void finish() {
        for (auto& [key, part] : parts_)
            if (part.is_open || path_) end(part);
        for (auto& [key, part] : parts_) {
            part.out->close();
            context_.note_output(*part.out);
            context_.out().write(std::to_string(part.records) + "\t" + part.out->path() + "\n");
            part.out.reset();  // with its buffer
        }
        if (several_ == 0) return;
        context_.summary().count("records_with_several_values",
                                 static_cast<std::int64_t>(several_));
        if (options_.every_value)
            context_.say(
                msg("records with several values, written to a part for each: {}", several_));
        else
            context_.say(
                msg("records with several values, written to the part of the first only: "
                    "{} (--every-value writes them to each)",
                    several_));
    }
    /// Parts of an earlier run that would be taken for parts of this one.
    void tell_stale() {
        if (path_) {
            tell_stale_values();
            return;
        }
        for (std::uint64_t n = number_ + 1;; ++n) {
            const std::string name = file_name(fmt::format("{:04}", n));
            if (!std::filesystem::exists(name)) return;
            context_.warn("stale_part", {name}, msg("this part is not of this run; remove it"));
        }
    }
    [[nodiscard]] std::size_t files() const { return parts_.size(); }
    [[nodiscard]] marc::RecordWriter* writer() { return writer_.get(); }

  private:
    void tell_stale_values() {
        namespace fs = std::filesystem;
        const fs::path prefix(options_.prefix + "-");
        std::error_code failed;
        const fs::path folder = prefix.has_parent_path() ? prefix.parent_path() : fs::path(".");
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder, failed)) {
            const std::string name = entry.path().filename().string();
            if (!name.starts_with(prefix.filename().string()) || !name.ends_with(suffix()))
                continue;
            const std::size_t from = prefix.filename().string().size();
            const std::string key = name.substr(from, name.size() - suffix().size() - from);
            if (!parts_.contains(key)) names.push_back(file_name(key));
        }
        std::sort(names.begin(), names.end());
        for (const auto& name : names)
            context_.warn("stale_part", {name},
                          msg("this file is not of this run, though it has the name of a part"));
    }

    void add_by_value(const marc::Record& record) {
        std::vector<std::string> names;
        for (const auto& value : path_->values(record)) {
            const std::string name = safe(value);
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        }
        if (names.empty()) names.push_back(safe(""));
        if (names.size() > 1) ++several_;
        if (!options_.every_value) names.resize(1);
        for (const auto& name : names) add_to(part_of(name, name), record);
    }

    void add_to(Part& part, const marc::Record& record) {
        bytes_.clear();
        writer_->set_number(part.records + 1);
        writer_->write(bytes_, record, part.records == 0);
        part.out->write(bytes_.view());
        ++part.records;
    }

    // All of the part that is missing is its name: every byte is on the disk.
    void end(Part& part) {
        bytes_.clear();
        writer_->end(bytes_, part.records == 0);
        part.out->write(bytes_.view());
        part.out->rest();
    }

    Part& part_of(const std::string& key, const std::string& name) {
        const auto at = parts_.find(key);
        if (at != parts_.end()) {
            open_.splice(open_.begin(), at->second.is_open ? open_ : resting_, at->second.turn);
            at->second.is_open = true;
            rest_oldest();
            return at->second;
        }
        Part& part = parts_[key];
        open_.push_front(&part);
        part.turn = open_.begin();
        rest_oldest();
        part.out = context_.create(file_name(name));
        bytes_.clear();
        writer_->begin(bytes_);
        part.out->write(bytes_.view());
        return part;
    }

    // At most kMostOpen files hold a descriptor and a buffer: those used last.
    void rest_oldest() {
        if (open_.size() <= kMostOpen) return;
        open_.back()->out->rest();
        rest(open_.back()->turn);
    }

    void rest(std::list<Part*>::iterator turn) {
        (*turn)->is_open = false;
        resting_.splice(resting_.begin(), open_, turn);
    }

    [[nodiscard]] std::string file_name(const std::string& part) const {
        return options_.prefix + "-" + part + suffix();
    }

    [[nodiscard]] std::string suffix() const {
        switch (format_) {
            case marc::Format::iso2709:
                return ".mrc";
            case marc::Format::json:
                return ".json";
            case marc::Format::jsonl:
            case marc::Format::folio_srs:
                return ".jsonl";
            case marc::Format::mrk:
                return ".mrk";
            case marc::Format::line:
                return ".txt";
            case marc::Format::aleph:
                return ".seq";
            case marc::Format::csv:
                return ".csv";
            case marc::Format::tsv:
                return ".tsv";
            default:
                return ".xml";
        }
    }

    // A value as part of a file name, another one for each value: letters, digits, . _ - and what
    // is not ASCII stay, other bytes become %2F. Long values end in a hash of the whole.
    static std::string safe(const std::string& value) {
        constexpr std::size_t kLongest = 100;
        if (value.empty()) return "none";
        std::string name;
        for (const char c : value) {
            const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                  (c >= 'A' && c <= 'Z') || c < 0 ||
                                  std::string_view("._-").find(c) != std::string_view::npos;
            name += is_plain ? std::string(1, c)
                             : fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
        if (name == "none") return "%6Eone";  // none stands for no value
        if (name.size() <= kLongest) return name;
        return fmt::format("{}%{:016x}", name.substr(0, utf8_prefix(name.substr(0, kLongest))),
                           hash64(value));
    }

    Context& context_;
    const Options& options_;
    marc::Format format_;
    std::unique_ptr<marc::RecordWriter> writer_;  // of all parts: it remembers nothing of a file
    std::optional<marc::Path> path_;
    std::map<std::string, Part> parts_;
    std::list<Part*> open_, resting_;  // open_: used last in front
    marc::Bytes bytes_;
    std::uint64_t number_ = 0, several_ = 0;
};

class SplitStep final : public marc::RecordStep {
  public:
    explicit SplitStep(Splitter& splitter) : splitter_(splitter) {}
    bool process(const marc::Record& record, const marc::SourceNote&, marc::Bytes&) override {
        splitter_.add(record);
        return true;
    }
    [[nodiscard]] marc::RecordWriter* writer() override { return splitter_.writer(); }

  private:
    Splitter& splitter_;
};

Answer run(Context& context, Options& options) {
    const int ways =
        (options.records ? 1 : 0) + (options.bytes ? 1 : 0) + (options.by.empty() ? 0 : 1);
    if (ways != 1) throw Error(Fault::usage, msg("say one of --records, --bytes and --by"));
    if (options.every_value && options.by.empty())
        throw Error(Fault::usage, msg("option {} needs {}", "--every-value", "--by"));
    if (options.records == 0)
        throw Error(Fault::usage, msg("a part must hold at least one record"));
    RecordRun records(context, options.read);
    const marc::WriteOptions write = records.write_options(options.write);
    Splitter splitter(context, options, write);
    records.run([&] { return std::make_unique<SplitStep>(splitter); }, [](const marc::Batch&) {});
    splitter.finish();
    splitter.tell_stale();
    const Answer answer = records.finish();
    context.summary().count("files", static_cast<std::int64_t>(splitter.files()));
    return answer;
}

}  // namespace

Command split_command() {
    auto options = std::make_shared<Options>();
    Command command("split", msg("Split a file of records by number, size or value"));
    command
        .option("--prefix", "NAME", options->prefix,
                msg("Beginning of the names of the parts: NAME-0001.mrc"))
        .required();
    command.option("--records", "N", options->records, msg("So many records in each part"));
    command.option("--bytes", "N", options->bytes, msg("A new part after so many bytes"));
    command.option("--by", "PATH", options->by, msg("One part for each value of a path"));
    command.flag("--every-value", options->every_value,
                 msg("With --by: a record goes into the part of each of its values, not only of "
                     "the first"));
    options->write.add_to(command);
    options->read.add_to(command);
    command.with_output().with_rejects();
    command.example("tushu-marc split --records 10000 --prefix parts/books books.mrc",
                    msg("Lists the parts on standard output: records, tab, name"));
    command.example("tushu-marc split --by 008/35-37 --prefix by-language books.mrc",
                    msg("One file for each language"));
    command.example("tushu-marc split --by '999$m' --every-value --prefix branch books.mrc",
                    msg("One file for each branch, with all that it has"));
    command.on_run([options](Context& context) { return run(context, *options); });
    return command;
}

}  // namespace tushu::cmd
