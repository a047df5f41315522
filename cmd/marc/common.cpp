// SPDX-License-Identifier: Apache-2.0
#include "common.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace tushu::cmd {
namespace {

// A comma-separated list of paths.
std::vector<std::string> columns_option(const std::string& list) {
    std::vector<std::string> words;
    for (std::size_t from = 0; from <= list.size() && !list.empty();) {
        const std::size_t comma = std::min(list.find(',', from), list.size());
        words.push_back(list.substr(from, comma - from));
        from = comma + 1;
    }
    return words;
}

marc::Oversize oversize_option(const std::string& word) {
    if (word == "clamp") return marc::Oversize::clamp;
    return word == "split" ? marc::Oversize::split : marc::Oversize::reject;
}

}  // namespace

void ReadArgs::add_to(Command& command) {
    add_options_to(command);
    command.operands(
        "FILE", files, 0,
        msg("Files of records, or - for standard input; .gz, .xz and .zst are unpacked"));
}

void ReadArgs::add_options_to(Command& command) {
    command.choice("--from", from, readable_format_words(),
                   msg("Format of the input. Without it the content decides"));
    command.choice("--dialect", dialect, {"marc21", "unimarc", "cnmarc"},
                   msg("Dialect of the records. Without it each record's fields decide"));
    command.option("--encoding", "SET", encoding,
                   msg("Character set of the input: utf-8, marc-8, gb18030, big5, iso5426, koi8-r, "
                       "windows-1251, latin1. "
                       "Without it the bytes of each record decide"));
    command.choice(
        "--on-bad-char", on_bad_char, {"replace", "escape", "reject"},
        msg("What to do with a byte that cannot be decoded: U+FFFD in its place (default), "
            "\\xE5, or refuse the record"));
    command.flag(
        "--salvage", salvage,
        msg("Keep the whole fields of a record that lost its end, instead of refusing it"));
    command.flag("--system-number", system_number,
                 msg("From Aleph: put a system number that is not the 001 into SYS $a"));
}

void ReadArgs::add_stream_options_to(Command& command) {
    command.option("--threads", "N", threads,
                   msg("Threads to use; the output is the same for any number"));
    command.option("--skip", "N", skip, msg("Pass over the first N records of each file"));
    command.option("--limit", "N", limit,
                   limit_of == LimitOf::selected
                       ? msg("Select at most N records of each file; reading stops then")
                       : msg("Read at most N records of each file"));
    command.option(
        "--repairs", "FILE", repairs,
        msg("Write one JSON line to FILE for each thing that was repaired while reading"));
}

marc::ReadOptions ReadArgs::read_options() const {
    marc::ReadOptions options;
    options.format = format_option(from);
    options.charset = charset_option(encoding);
    options.dialect = dialect_option(dialect);
    options.on_bad_char = bad_char_option(on_bad_char);
    options.salvage = salvage;
    options.system_number = system_number;
    options.only_tags = only_tags;
    return options;
}

marc::StreamOptions ReadArgs::stream_options() const {
    marc::StreamOptions options;
    options.read = read_options();
    options.threads = static_cast<unsigned>(std::clamp<std::uint64_t>(threads, 1, 64));
    options.skip = skip;
    (limit_of == LimitOf::selected ? options.most_out : options.limit) = limit;
    options.wants_repairs = !repairs.empty();
    return options;
}

void WriteArgs::add_to(Command& command) {
    command.choice("--to", to, format_words(),
                   msg("Format to write. Without it the format of the first file"));
    add_options_to(command);
}

void WriteArgs::add_options_to(Command& command) {
    command.option("--to-encoding", "SET", to_encoding,
                   msg("Character set to write (iso2709, mrk, line and aleph; default utf-8). The "
                       "record's label is corrected"));
    command.choice(
        "--on-missing-char", on_missing, {"reject", "replace", "escape"},
        msg("What to do with a character that the output's set does not have: refuse the record "
            "(default), a substitute, or &#x4E2D;"));
    command.option("--columns", "PATHS", columns,
                   msg("Columns of CSV or TSV: paths with commas between, such as "
                       "001,Title=245$a$b,008/35-37"));
    command.flag("--excel", excel,
                 msg("Begin CSV with a byte order mark, which Excel needs for Chinese"));
    command.choice("--oversize", oversize, {"reject", "clamp", "split"},
                   msg("What to do with a record above ISO 2709's limits: refuse it, write its "
                       "lengths as 99999, or "
                       "spread its fields over several records of the same number"));
    command.option("--part-tag", "TAG", part_tag,
                   msg("The field that --oversize split adds to each part: \"Part 2 of 3\" and the "
                       "001 (default 590)"));
}

marc::WriteOptions WriteArgs::write_options() const {
    if (part_tag.size() != 3 || part_tag.starts_with("00"))
        throw Error(Fault::usage, msg("option --part-tag: \"{}\" is not the tag of a data field",
                                      printable(part_tag)));
    marc::WriteOptions write;
    write.columns = columns_option(columns);
    write.for_excel = excel;
    write.oversize = oversize_option(oversize);
    write.part_tag = part_tag;
    write.charset = charset_option(to_encoding);
    write.on_bad_char = bad_char_option(on_missing);
    return write;
}

RecordRun::RecordRun(Context& context, const ReadArgs& args) : context_(context), args_(args) {
    if (context.options().replaces_input && !args.is_dry && (args.skip != 0 || args.limit))
        throw Error(Fault::usage,
                    msg("{} is an input: with --skip or --limit its other records would be lost",
                        context.options().output),
                    msg("write to another file"));
    if (!args.repairs.empty()) repairs_ = context.create(args.repairs);
}

RecordRun::~RecordRun() = default;

void RecordRun::write_repair(const std::string& file, const marc::RepairLine& repair) {
    if (!repairs_) return;
    std::string line = "{\"file\":";
    append_json_string(line, file);
    line += ",\"record\":" + std::to_string(repair.record) +
            ",\"offset\":" + std::to_string(repair.offset) + ",\"control_number\":";
    append_json_string(line, repair.key);
    line += ",\"code\":";
    append_json_string(line, repair.code);
    line += ",\"detail\":";
    append_json_string(line, repair.detail);
    repairs_->write(line + "}\n");
}

void RecordRun::account(const std::string& file, marc::Batch& batch) {
    Summary& summary = context_.summary();
    records_ += batch.in;
    summary.count("records_in", static_cast<std::int64_t>(batch.in));
    summary.count("records_out", static_cast<std::int64_t>(batch.out));
    if (batch.dropped != 0)
        summary.count("records_dropped", static_cast<std::int64_t>(batch.dropped));
    if (batch.split_off != 0)
        summary.count("records_split_off", static_cast<std::int64_t>(batch.split_off));
    if (batch.replaced != 0)
        summary.warnings["characters_replaced"] += static_cast<std::int64_t>(batch.replaced);
    numbered_ += batch.numbered;
    placed_ += batch.placed;
    for (const auto& reject : batch.rejects)
        context_.reject(reject.code, reject.error, reject.raw, reject.key);
    std::uint64_t last = 0;
    for (const auto& repair : batch.repairs) {
        ++summary.warnings["repair_" + repair.code];
        repaired_ += repair.record != last ? 1U : 0U;
        last = repair.record;
        is_lossy_ = is_lossy_ || repair.code == "truncated";
        write_repair(file, repair);
    }
    for (const auto& note : batch.notes) {
        const std::string& code = note.note.code;
        context_.warn(code, {file, note.record, note.offset}, note.note.message);
        write_repair(file,
                     {note.record, note.offset, note.key, code, note.note.message.text(Lang::en)});
    }
    for (std::size_t d = 0; d <= marc::kCharsets; ++d)
        for (std::size_t b = 0; b < marc::kCharsets; ++b) charsets_[d][b] += batch.charsets[d][b];
}

void RecordRun::run(const std::function<std::unique_ptr<marc::RecordStep>()>& make_step,
                    const std::function<void(const marc::Batch&)>& take) {
    for (const auto& file : args_.files) {
        const auto input = first_ ? std::move(first_) : context_.open(file);
        file_ = input->name();
        format_ = args_.from.empty() ? marc::detect_format(*input) : *format_option(args_.from);
        context_.progress().begin(verbatim(input->name()), input->raw_size());
        marc::StreamOptions options = args_.stream_options();
        options.number_base = records_;
        const std::uint64_t skipped =
            marc::run_stream(*input, options, make_step, [&](marc::Batch& batch) {
                account(input->name(), batch);
                take(batch);
                // A batch is some thousand records; the progress line wants to hear of each of
                // them.
                for (std::uint64_t i = 0; i < batch.in; ++i)
                    context_.progress().tick(batch.done, records_);
            });
        if (skipped != 0)
            context_.summary().count("records_skipped", static_cast<std::int64_t>(skipped));
        context_.note_input(*input);
    }
}

marc::WriteOptions RecordRun::write_options(const WriteArgs& args) {
    marc::WriteOptions write = args.write_options();
    const std::string& word = args.to.empty() ? args_.from : args.to;
    if (!word.empty()) {
        write.format = *format_option(word);
    } else {
        first_ = context_.open(args_.files.front());
        write.format = marc::detect_format(*first_);
    }
    if (args.excel && write.format != marc::Format::csv && write.format != marc::Format::tsv)
        throw Error(Fault::usage, msg("option {} needs {}", "--excel", "--to csv"));
    write.dialect = dialect_option(args_.dialect);
    is_recoded_ = args.to.empty() && !write.charset;
    loses_numbers_ = write.format != marc::Format::aleph && !args_.system_number;
    return write;
}

Answer RecordRun::finish() {
    Summary& summary = context_.summary();
    for (std::size_t d = 0; d <= marc::kCharsets; ++d) {
        for (std::size_t b = 0; b < marc::kCharsets; ++b) {
            if (charsets_[d][b] == 0) continue;
            const std::string declared =
                d == marc::kCharsets ? "none" : std::string(name_of(static_cast<marc::Charset>(d)));
            summary.count("declared_" + declared + "_believed_" +
                              std::string(name_of(static_cast<marc::Charset>(b))),
                          static_cast<std::int64_t>(charsets_[d][b]));
        }
    }
    summary.count("records_in", 0);
    summary.count("records_out", 0);
    summary.count("records_dropped", 0);
    summary.must_add_up("records_in", {"records_out", "records_dropped", "rejects"});
    if (repairs_) {
        repairs_->close();
        context_.note_output(*repairs_);
    }
    std::uint64_t recoded = 0;
    for (const auto& row : charsets_)
        for (std::size_t b = 0; b < marc::kCharsets; ++b)
            if (static_cast<marc::Charset>(b) != marc::Charset::ascii &&
                static_cast<marc::Charset>(b) != marc::Charset::utf8)
                recoded += row[b];
    if (is_recoded_ && recoded != 0)
        context_.say(
            msg("records read in another character set and written in UTF-8: {} "
                "(--to-encoding writes another)",
                recoded));
    if (numbered_ != 0 && loses_numbers_) {
        summary.warnings["system_numbers_not_kept"] = static_cast<std::int64_t>(numbered_);
        context_.say(
            msg("Aleph system numbers that are not the 001 and were not kept: {} "
                "(--system-number puts them into SYS $a)",
                numbered_));
    }
    if (placed_ != 0) {
        summary.warnings["numbered_by_place"] = static_cast<std::int64_t>(placed_);
        context_.say(
            msg("records without a number of up to nine digits, numbered by their place "
                "in the file: {}",
                placed_));
    }
    const auto replaced = summary.warnings.find("characters_replaced");
    if (replaced != summary.warnings.end())
        context_.say(msg("characters that the output does not have and that were replaced: {}",
                         replaced->second));
    if (repaired_ != 0) {
        if (args_.repairs.empty())
            context_.say(msg("records repaired: {}", repaired_));
        else
            context_.say(msg("records repaired: {}, listed in {}", repaired_, args_.repairs));
    }
    return is_lossy_ ? Answer::no : Answer::yes;
}

FormatOutput::FormatOutput(Output& out, const marc::WriteOptions& options)
    : out_(out), writer_(marc::make_writer(options)) {
    marc::Bytes head;
    writer_->begin(head);
    out_.write(head.view());
}

void FormatOutput::take(const marc::Batch& batch) {
    if (batch.bytes.size() == 0) return;
    if (!is_empty_) out_.write(writer_->between());
    is_empty_ = false;
    out_.write(batch.bytes.view());
}

void FormatOutput::end() {
    marc::Bytes tail;
    writer_->end(tail, is_empty_);
    out_.write(tail.view());
}

std::optional<marc::Format> format_option(const std::string& word) {
    if (word.empty()) return std::nullopt;
    return marc::format_named(word);
}

std::optional<marc::Charset> charset_option(const std::string& word) {
    if (word.empty()) return std::nullopt;
    const auto charset = marc::charset_named(word);
    if (!charset)
        throw Error(Fault::usage, msg("unknown character set \"{}\"", word),
                    msg("known: {}",
                        "utf-8, marc-8, gb18030, gbk, gb2312, big5, iso5426, koi8-r, windows-1251, "
                        "latin1, ascii"));
    return charset;
}

std::optional<marc::Dialect> dialect_option(const std::string& word) {
    return marc::dialect_named(word);
}

marc::BadChar bad_char_option(const std::string& word) {
    if (word == "reject") return marc::BadChar::reject;
    return word == "escape" ? marc::BadChar::escape : marc::BadChar::replace;
}

std::vector<std::string> format_words() {
    std::vector<std::string> words;
    for (const marc::Format format : marc::all_formats()) words.emplace_back(name_of(format));
    return words;
}

std::vector<std::string> readable_format_words() {
    std::vector<std::string> words = format_words();
    std::erase(words, name_of(marc::Format::csv));
    std::erase(words, name_of(marc::Format::tsv));
    return words;
}

}  // namespace tushu::cmd
