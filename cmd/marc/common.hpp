// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/command.hpp"
#include "marc/stream.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tushu::cmd {

/// Options of every command that reads records.
struct ReadArgs {
    enum class LimitOf { read, selected };
    std::vector<std::string> files{"-"};
    std::string from, dialect, encoding, on_bad_char = "replace", repairs;
    bool salvage = false, system_number = false;
    bool is_dry = false;  // -o is not written
    std::uint64_t skip = 0, threads = 1;
    std::optional<std::uint64_t> limit;
    LimitOf limit_of = LimitOf::read;
    std::vector<std::string> only_tags;  // as marc::ReadOptions has it

    void add_to(Command& command);
    /// add_to() without the operands.
    void add_options_to(Command& command);
    /// --threads, --skip, --limit and --repairs: commands that go through the records once.
    void add_stream_options_to(Command& command);
    [[nodiscard]] marc::ReadOptions read_options() const;
    [[nodiscard]] marc::StreamOptions stream_options() const;
};

/// Options of every command that writes records.
struct WriteArgs {
    std::string to, to_encoding, on_missing = "reject", columns, oversize = "reject",
                                 part_tag = "590";
    bool excel = false;

    /// --to, and add_options_to().
    void add_to(Command& command);
    /// What some formats want to know: character set, columns, what to do with huge records.
    void add_options_to(Command& command);
    /// All but the format. Errors: Error{usage} for a tag that no data field has.
    [[nodiscard]] marc::WriteOptions write_options() const;
};

/// Sends all files of the arguments through a step, in order, and keeps the accounts: rejects,
/// repairs, character sets, progress. `take` gets the bytes.
class RecordRun {
  public:
    RecordRun(Context& context, const ReadArgs& args);
    ~RecordRun();
    void run(const std::function<std::unique_ptr<marc::RecordStep>()>& make_step,
             const std::function<void(const marc::Batch&)>& take);
    /// Format (without --to that of the first input: what is written stays what it was), dialect
    /// and columns. Call it before run(); a stream is looked at without being used up.
    [[nodiscard]] marc::WriteOptions write_options(const WriteArgs& args);
    /// No record is written anew: nothing to tell about character sets and numbers.
    void keep_bytes() { is_recoded_ = loses_numbers_ = false; }
    /// Records read so far, of all files.
    [[nodiscard]] std::uint64_t records() const { return records_; }
    /// The file at hand.
    [[nodiscard]] const std::string& file() const { return file_; }
    [[nodiscard]] marc::Format format() const { return format_; }  // of the file at hand
    /// Closes the repair file and states what must add up. Call it once, at the end.
    /// The answer is no when something was lost on purpose (--salvage).
    Answer finish();

  private:
    void account(const std::string& file, marc::Batch& batch);
    void write_repair(const std::string& file, const marc::RepairLine& repair);
    Context& context_;
    const ReadArgs& args_;
    std::unique_ptr<Input> first_;  // opened ahead by output_format()
    std::unique_ptr<Output> repairs_;
    std::string file_;
    marc::Format format_ = marc::Format::iso2709;
    bool is_lossy_ = false, is_recoded_ = false, loses_numbers_ = false;
    std::uint64_t records_ = 0, repaired_ = 0, numbered_ = 0, placed_ = 0;
    marc::CharsetCounts charsets_{};
};

/// Writes the batches of a run as one file in one format.
class FormatOutput {
  public:
    FormatOutput(Output& out, const marc::WriteOptions& options);
    void take(const marc::Batch& batch);
    void end();

  private:
    Output& out_;
    std::unique_ptr<marc::RecordWriter> writer_;
    bool is_empty_ = true;
};

/// A word of the command line to its meaning. Errors: Error{usage} naming the known words.
[[nodiscard]] std::optional<marc::Format> format_option(const std::string& word);
[[nodiscard]] std::optional<marc::Charset> charset_option(const std::string& word);
[[nodiscard]] std::optional<marc::Dialect> dialect_option(const std::string& word);
[[nodiscard]] marc::BadChar bad_char_option(const std::string& word);
[[nodiscard]] std::vector<std::string> format_words();
/// Those that can be read: without the tables.
[[nodiscard]] std::vector<std::string> readable_format_words();

}  // namespace tushu::cmd
