// SPDX-License-Identifier: Apache-2.0
// The fuzz targets: a reader for each format, "content" (the format by its look), "query" (paths
// and the query language), "recipe" (edit rules). Whatever comes in: no crash, no hang, every byte
// in a record or a reject, and what was read comes back the same from every format that can hold
// it. With libFuzzer see tests/marc/fuzz.sh.
#include "account.hpp"
#include "marc/compare.hpp"
#include "marc/edit.hpp"
#include "marc/path.hpp"
#include "marc/write.hpp"
#include "sample.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace tushu;
using namespace tushu::marc;

namespace {

std::string target = "content";

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "FAILED: %s\n", why.c_str());
    __builtin_trap();
}

// What the manual (tushu-marc-convert, "What a format cannot hold") excepts.
bool is_held(Format format, const Record& record) {
    const bool is_xml =
        format == Format::marcxml || format == Format::marcxchange || format == Format::turbomarc;
    const bool is_text = format == Format::mrk || format == Format::line || format == Format::aleph;
    const bool is_marc21 = guess_dialect(record) == Dialect::marc21;
    const auto leader_has = [&](char c) { return record.leader().find(c) != std::string::npos; };
    if (format == Format::aleph && (record.value("001").empty() || leader_has('^'))) return false;
    if (format == Format::mrk && leader_has('\\')) return false;
    if (format == Format::line && record.leader().substr(10, 2) != "22") return false;
    for (std::size_t i = 0; i < record.field_count(); ++i) {
        const std::string_view tag = record.tag(i), body = record.body(i);
        const auto has = [body](std::string_view text) { return body.find(text) != body.npos; };
        const auto has_indicator = [&](char c) {
            return !record.is_control(i) && body.substr(0, 2).find(c) != body.npos;
        };
        if (is_xml && (has("\xEF\xBF\xBE") || has("\xEF\xBF\xBF"))) return false;
        for (const char c : body) {
            if (is_xml && c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r' &&
                c != kSubfieldMark)
                return false;
            if (is_text && (c == '\n' || c == '\r' || c == '\0')) return false;
        }
        if (format == Format::mrk && (has_indicator('\\') || has_indicator('$'))) return false;
        if (format == Format::line)
            for (std::size_t at = body.find('$'); at < body.size(); at = body.find('$', at + 1))
                if (at + 2 < body.size() && (body[at + 2] == ' ' || body[at + 2] == kSubfieldMark))
                    return false;
        if (format == Format::aleph) {
            const bool is_fixed = record.is_control(i) || (!is_marc21 && tag[0] == '1');
            if (has("$$") || has("\x1F$") || has_indicator('^') || (is_fixed && has("^")))
                return false;
        }
    }
    return true;
}

void write_everywhere(const Record& record, std::size_t turn) {
    for (const Format format : all_formats()) {
        if (format == Format::csv || format == Format::tsv) continue;
        // Two in any case, the others in turn.
        if (format != Format::json && format != Format::iso2709 &&
            static_cast<std::size_t>(format) != turn % 10)
            continue;
        WriteOptions write;
        write.format = format;
        if (!is_held(format, LabelStage(write).run(record))) continue;
        try {
            for (const auto& change : RoundTrip(write, {}).changes(record))
                fail(fmt::format("{} gives back {} \"{}\", not \"{}\"", name_of(format), change.tag,
                                 change.right, change.left));
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input) throw;  // a record that the format cannot hold
        }
    }
    const auto formats = all_formats();
    WriteOptions write;
    write.format = formats[turn % (formats.size() - 2)];  // csv and tsv, the last, are not read
    write.oversize = turn % 2 == 0 ? Oversize::clamp : Oversize::split;
    try {
        const std::string written = test::write({record}, write);
        ReadOptions again;
        again.format = write.format;
        (void)test::read(written, again);
    } catch (const Error& e) {
        if (e.fault() != Fault::bad_input) throw;
    }
}

void read_file(const std::string& bytes, std::optional<Format> format) {
    static const Query query =
        Query::parse("245$a ~ '[a-z]+' or 008/35-37 = chi or 461$1200$a or count(6..) > 3");
    ReadOptions options;
    options.format = format;
    options.salvage = bytes.size() % 2 == 1;
    std::size_t turn = bytes.size();
    const test::Account account = test::account(bytes, options, [&](const Record& record) {
        (void)query.matches(record);
        for (std::size_t i = 0; i < record.field_count(); ++i) (void)record.field(i).subfields();
        write_everywhere(record, ++turn);
    });
    if (!account.complaint.empty()) fail(account.complaint);
}

void read_query(const std::string& text) {
    const Record record = test::sample(3);
    try {
        (void)Path::parse(text).values(record);
    } catch (const Error& e) {
        if (e.fault() != Fault::usage) throw;
    }
    try {
        const Query query = Query::parse(text);
        (void)query.tags();
        (void)query.matches(record);
    } catch (const Error& e) {
        if (e.fault() != Fault::usage) throw;
    }
}

void read_recipe(const std::string& text) {
    try {
        const Recipe recipe = Recipe::from_yaml(Yaml::parse(text, "fuzz.yaml"));
        Record record = test::sample(3);
        std::vector<std::uint64_t> fired;
        (void)recipe.apply(record, fired);
        write_everywhere(record, text.size());
    } catch (const Error& e) {
        if (e.fault() != Fault::config && e.fault() != Fault::usage) throw;
    }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
    if (const char* const name = std::getenv("TUSHU_FUZZ_TARGET"); name != nullptr) target = name;
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    if (target == "query")
        read_query(bytes);
    else if (target == "recipe")
        read_recipe(bytes);
    else
        read_file(bytes, format_named(target));  // "content" is none
    return 0;
}
