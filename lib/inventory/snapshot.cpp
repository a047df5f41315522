// SPDX-License-Identifier: Apache-2.0
#include "inventory/snapshot.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <unordered_map>

namespace tushu::inventory {
namespace {

static_assert(std::endian::native == std::endian::little, "snapshots are written little-endian");

constexpr char kMagic[8] = {'t', 'u', 's', 'h', 'u', 'S', 'N', '1'};
constexpr std::uint32_t kVersion = 5;
constexpr std::uint32_t kTextBlock = 16;    // rows between two text offsets
constexpr std::size_t kTextLimit = 16'000;  // bytes of one text; titles are cut earlier
constexpr std::size_t kTitleLimit = 120;
constexpr std::size_t kChunk = 1U << 26U;
using TextMask = std::uint32_t;            // which texts a record holds
constexpr std::size_t kPiece = 1U << 16U;  // bytes of texts under one checksum

enum Section : std::size_t {
    dictionary,
    groups,
    codes,
    ranks,
    flags,
    index,
    buckets,
    text_blocks,
    texts,
    text_sums,  // one checksum a piece of the texts, and one of these checksums
    sections
};

struct Header {
    char magic[8];
    std::uint32_t version, rows, unparsed, index_size, texts_held, bucket_bits;
    std::int64_t exported;  // seconds since 1970; min: not known
    char sha256[64];
    std::uint64_t file_size;
    std::uint64_t sum;  // of this header, itself 0
    struct {
        std::uint64_t offset, size, sum;  // sum 0: the texts, whose pieces have their own
    } sections[Section::sections];
};

/// A checksum against damage (not against malice): four independent lanes, so that it runs as fast
/// as memory is read. Each step is invertible, hence a change within one word is always seen.
std::uint64_t checksum(std::string_view bytes) {
    constexpr std::uint64_t kFactor = 0xff51afd7ed558ccdULL;
    std::array<std::uint64_t, 4> lanes = {1, 2, 3, bytes.size()};
    std::array<std::uint64_t, 4> words{};
    const char* at = bytes.data();
    for (std::size_t n = bytes.size() / sizeof words; n > 0; --n, at += sizeof words) {
        std::memcpy(words.data(), at, sizeof words);
        for (std::size_t i = 0; i < lanes.size(); ++i)
            lanes[i] = std::rotl((lanes[i] ^ words[i]) * kFactor, 29);
    }
    words = {};
    std::memcpy(words.data(), at, bytes.size() % sizeof words);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < lanes.size(); ++i)
        sum = spread(sum ^ spread((lanes[i] ^ words[i]) * kFactor));
    return sum;
}

std::uint64_t checksum_of(Header header) {
    header.sum = 0;
    return checksum({reinterpret_cast<const char*>(&header), sizeof header});
}

/// Bytes that are appended and never move; single pieces up to kChunk.
class Arena {
  public:
    std::uint64_t append(std::string_view bytes) {
        if (used_ + bytes.size() > kChunk) {
            chunks_.push_back(std::make_unique<char[]>(kChunk));
            used_ = 0;
        }
        bytes.copy(chunks_.back().get() + used_, bytes.size());
        const std::uint64_t offset = (chunks_.size() - 1) * kChunk + used_;
        used_ += bytes.size();
        return offset;
    }
    [[nodiscard]] const char* at(std::uint64_t offset) const {
        return chunks_[offset / kChunk].get() + offset % kChunk;
    }

  private:
    std::vector<std::unique_ptr<char[]>> chunks_;
    std::size_t used_ = kChunk;
};

void append_length(std::string& out, std::size_t length) {
    if (length >= 0x80) out += static_cast<char>(0x80U | (length >> 8U));
    out += static_cast<char>(length & (length >= 0x80 ? 0xFFU : 0x7FU));
}

std::size_t read_length(const char*& at) {
    const auto first = static_cast<unsigned char>(*at++);
    if (first < 0x80) return first;
    return (first & 0x7FU) << 8U | static_cast<unsigned char>(*at++);
}

std::string_view cut(std::string_view text, std::size_t limit) {
    return text.size() <= limit ? text : text.substr(0, utf8_prefix(text.substr(0, limit)));
}

std::size_t record_size(const char* record) {
    const char* at = record;
    TextMask mask = 0;
    std::memcpy(&mask, at, sizeof mask);
    at += sizeof mask;
    for (int n = std::popcount(mask); n > 0; --n) {
        const std::size_t length = read_length(at);
        at += length;
    }
    return static_cast<std::size_t>(at - record);
}

unsigned bucket_bits_for(std::size_t keys) {
    unsigned bits = 1;
    while (bits < 24 && (std::size_t{8} << bits) < keys) ++bits;
    return bits;
}

constexpr std::string_view kStatusNames[kStatuses] = {"on_shelf",  "on_loan", "in_transit",
                                                      "off_shelf", "missing", "withdrawn",
                                                      "pending",   "unknown", "deleted"};

}  // namespace

std::string_view name_of(Status status) { return kStatusNames[static_cast<std::size_t>(status)]; }

std::optional<Status> status_from(std::string_view word) {
    static const std::map<std::string, Status, std::less<>> kWords = [] {
        std::map<std::string, Status, std::less<>> words;
        for (std::size_t i = 0; i < kStatuses; ++i)
            words.emplace(kStatusNames[i], static_cast<Status>(i));
        const auto add = [&words](Status status, std::initializer_list<const char*> names) {
            for (const char* const name : names) words.emplace(name, status);
        };
        add(Status::on_shelf,
            {"在架", "在馆", "可借", "阅览", "available", "onshelf", "checkedin", "restricted"});
        add(Status::on_loan, {"借出", "已借出", "外借", "checkedout", "onloan", "claimedreturned"});
        add(Status::in_transit, {"运送中", "在途", "intransit", "transit"});
        add(Status::off_shelf, {"装订", "预约架", "展览", "修复", "awaitingpickup",
                                "awaitingdelivery", "paged", "binding", "onhold", "unavailable"});
        add(Status::missing, {"丢失", "遗失", "缺藏", "lost", "declaredlost", "longmissing",
                              "agedtolost", "lostandpaid"});
        add(Status::withdrawn, {"剔除", "注销", "剔旧"});
        add(Status::pending, {"编目中", "加工中", "订购中", "inprocess",
                              "inprocess(non-requestable)", "onorder", "orderclosed"});
        add(Status::unknown, {"未知", "intellectualitem"});
        add(Status::deleted, {"已删除"});
        return words;
    }();
    std::string folded = ascii_lower(trim(word));
    std::erase(folded, ' ');
    const auto found = kWords.find(folded);
    if (found == kWords.end()) return std::nullopt;
    return found->second;
}

// ---- building
// ---------------------------------------------------------------------------------------------

struct SnapshotBuilder::Pending {
    struct Row {
        std::uint64_t key_prefix;  // first bytes of the key: most comparisons end here
        std::uint32_t group, source;
    };
    struct GroupKey {
        std::uint32_t location;
        std::uint8_t scheme;
    };
    std::vector<Row> rows;
    std::vector<std::uint64_t> key_offsets, text_offsets;
    std::vector<std::uint16_t> key_sizes;
    std::vector<Code> codes;
    std::vector<std::uint8_t> flags;
    Arena keys, texts;
    std::vector<std::string> locations;
    std::unordered_map<std::string, std::uint32_t> location_ids;
    std::vector<const callno::Rules*> location_rules;
    std::vector<std::optional<callno::Scheme>> location_schemes;
    std::vector<std::array<std::int32_t, callno::kSchemes>> location_groups;  // -1: none yet
    std::vector<GroupKey> groups;
    std::uint32_t texts_held = 0;
    std::array<std::optional<std::string>, kStatuses> usual_words;  // the first met of each class
    std::string scratch, record, key;

    std::uint32_t location(std::string_view code, const Options& options) {
        scratch = code;
        const auto [found, is_new] =
            location_ids.try_emplace(scratch, static_cast<std::uint32_t>(locations.size()));
        if (!is_new) return found->second;
        locations.push_back(scratch);
        location_rules.push_back(options.house != nullptr ? &options.house->rules(code)
                                                          : &callno::default_rules());
        location_schemes.push_back(options.house != nullptr ? options.house->scheme(code)
                                                            : std::nullopt);
        location_groups.emplace_back().fill(-1);
        return found->second;
    }
};

SnapshotBuilder::SnapshotBuilder(Options options)
    : pending_(std::make_unique<Pending>()), options_(std::move(options)) {}
SnapshotBuilder::~SnapshotBuilder() = default;

std::uint32_t SnapshotBuilder::rows() const {
    return static_cast<std::uint32_t>(pending_->rows.size());
}

void SnapshotBuilder::add(const ItemRow& row) {
    Pending& p = *pending_;
    if (p.rows.size() >= UINT32_MAX - 1)
        throw Error(Fault::bad_input, msg("a snapshot holds at most 4294967294 items"));
    const std::string_view raw_barcode = trim(row.text(Text::barcode));
    const std::string_view normal = normal_barcode(raw_barcode, p.scratch);
    const Code code = code_of(normal);
    const bool has_blanks = raw_barcode.find_first_of(" \t") != std::string_view::npos ||
                            raw_barcode.size() != row.text(Text::barcode).size();
    if (has_blanks) ++with_blanks_;
    const bool keeps_barcode = is_hashed(code) || normal != raw_barcode;
    const std::uint32_t location = p.location(trim(row.location), options_);

    const std::string_view call = trim(row.text(Text::call_number));
    std::optional<callno::Scheme> scheme = row.scheme;
    if (!scheme) scheme = p.location_schemes[location];
    if (!scheme) scheme = options_.scheme;
    if (!scheme) scheme = callno::guess_scheme(call, *p.location_rules[location]);
    const callno::Scheme used = scheme.value_or(callno::Scheme::clc);
    p.key.clear();
    const bool is_parsed = callno::append_key(p.key, used, call, *p.location_rules[location]);
    if (!is_parsed) ++unparsed_;
    if (const auto volume = trim(row.text(Text::volume)); !volume.empty())
        (void)callno::append_key(p.key, callno::Scheme::accession, volume,
                                 *p.location_rules[location]);

    std::int32_t& group = p.location_groups[location][static_cast<std::size_t>(used)];
    if (group < 0) {
        group = static_cast<std::int32_t>(p.groups.size());
        p.groups.push_back({location, static_cast<std::uint8_t>(used)});
    }
    std::uint64_t prefix = 0;
    for (std::size_t i = 0; i < 8; ++i)
        prefix = prefix << 8U | (i < p.key.size() ? static_cast<unsigned char>(p.key[i]) : 0U);
    p.rows.push_back(
        {prefix, static_cast<std::uint32_t>(group), static_cast<std::uint32_t>(p.rows.size())});
    if (p.key.size() > UINT16_MAX) p.key.resize(UINT16_MAX);
    p.key_sizes.push_back(static_cast<std::uint16_t>(p.key.size()));
    p.key_offsets.push_back(p.keys.append(p.key));
    p.codes.push_back(code);
    p.flags.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(row.status) |
                                                (is_parsed ? 0U : Snapshot::kUnparsed) |
                                                (has_blanks ? Snapshot::kBlanks : 0U)));

    TextMask mask = 0;
    p.record.assign(sizeof mask, '\0');
    for (std::size_t i = 0; i < kTexts; ++i) {
        const auto which = static_cast<Text>(i);
        if (which == Text::barcode && !keeps_barcode) continue;
        const std::string_view text =
            which == Text::barcode
                ? raw_barcode
                : cut(trim(row.text(which)), which == Text::title ? kTitleLimit : kTextLimit);
        if (which == Text::status) {
            // Most items of a class have the same word, or none: it is kept once.
            auto& usual = p.usual_words[static_cast<std::size_t>(row.status)];
            if (!usual) usual = std::string(text);
            if (text == *usual) continue;
        } else if (text.empty()) {
            continue;
        }
        mask |= TextMask{1} << i;
        append_length(p.record, text.size());
        p.record += text;
    }
    std::memcpy(p.record.data(), &mask, sizeof mask);
    p.texts_held |= mask;
    p.text_offsets.push_back(p.texts.append(p.record));
}

void SnapshotBuilder::write(Output& out, const std::string& sha256, const std::string& file) {
    Pending& p = *pending_;
    const auto rows = static_cast<std::uint32_t>(p.rows.size());

    // Locations in bytewise order, and groups by (location, scheme): the order of the holdings file
    // must not matter.
    std::vector<std::uint32_t> by_code(p.locations.size()), new_location(p.locations.size());
    std::iota(by_code.begin(), by_code.end(), 0U);
    std::sort(by_code.begin(), by_code.end(),
              [&p](std::uint32_t a, std::uint32_t b) { return p.locations[a] < p.locations[b]; });
    for (std::uint32_t i = 0; i < by_code.size(); ++i) new_location[by_code[i]] = i;
    std::vector<std::uint32_t> group_order(p.groups.size()), new_group(p.groups.size());
    std::iota(group_order.begin(), group_order.end(), 0U);
    std::sort(group_order.begin(), group_order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const auto rank = [&](std::uint32_t g) {
            return std::pair(new_location[p.groups[g].location], p.groups[g].scheme);
        };
        return rank(a) < rank(b);
    });
    for (std::uint32_t i = 0; i < group_order.size(); ++i) new_group[group_order[i]] = i;
    std::vector<Group> group_table(p.groups.size());
    for (std::size_t g = 0; g < p.groups.size(); ++g)
        group_table[new_group[g]] = {new_location[p.groups[g].location], p.groups[g].scheme, 0, 0};

    // Rows by group first (counting), then by key within each group.
    const auto key_of = [&p](const Pending::Row& row) {
        return std::string_view(p.keys.at(p.key_offsets[row.source]), p.key_sizes[row.source]);
    };
    for (const auto& row : p.rows) ++group_table[new_group[row.group]].end;
    std::uint32_t at = 0;
    for (auto& group : group_table) {
        group.begin = at;
        at += group.end;
        group.end = group.begin;
    }
    std::vector<Pending::Row> sorted(rows);
    for (const auto& row : p.rows) sorted[group_table[new_group[row.group]].end++] = row;
    p.rows = {};
    for (const auto& group : group_table)
        std::sort(sorted.begin() + group.begin, sorted.begin() + group.end,
                  [&](const Pending::Row& a, const Pending::Row& b) {
                      if (a.key_prefix != b.key_prefix) return a.key_prefix < b.key_prefix;
                      const int order = key_of(a).compare(key_of(b));
                      if (order != 0) return order < 0;
                      if (p.codes[a.source] != p.codes[b.source])
                          return p.codes[a.source] < p.codes[b.source];
                      return a.source < b.source;
                  });

    Header header{};
    std::copy(std::begin(kMagic), std::end(kMagic), header.magic);
    header.version = kVersion;
    header.rows = rows;
    header.unparsed = unparsed_;
    header.texts_held = p.texts_held;
    header.exported = options_.exported ? options_.exported->time_since_epoch().count() : INT64_MIN;
    sha256.copy(header.sha256, sizeof header.sha256);

    std::vector<std::uint32_t> rank_column(rows);
    std::vector<Code> code_column(rows);
    std::vector<std::uint8_t> flag_column(rows);
    for (const auto& group : group_table)
        for (std::uint32_t r = group.begin; r < group.end; ++r) {
            const bool is_equal = r > group.begin &&
                                  sorted[r].key_prefix == sorted[r - 1].key_prefix &&
                                  key_of(sorted[r]) == key_of(sorted[r - 1]);
            rank_column[r] = is_equal ? rank_column[r - 1] : r;
            code_column[r] = p.codes[sorted[r].source];
            flag_column[r] = p.flags[sorted[r].source];
        }

    // What has been copied into columns or compared for the last time.
    p.keys = {};
    p.key_offsets = {};
    p.key_sizes = {};
    p.codes = {};
    p.flags = {};

    // The barcode index: spread codes are uniform, so distributing them by their leading bits all
    // but sorts them.
    std::uint32_t indexed = 0;
    for (const Code code : code_column) indexed += code != kNoCode ? 1U : 0U;
    header.index_size = indexed;
    header.bucket_bits = bucket_bits_for(indexed);
    const unsigned shift = 64 - header.bucket_bits;
    std::vector<std::uint32_t> bucket_starts((std::size_t{1} << header.bucket_bits) + 1, 0);
    for (const Code code : code_column)
        if (code != kNoCode) ++bucket_starts[(spread(code) >> shift) + 1];
    std::partial_sum(bucket_starts.begin(), bucket_starts.end(), bucket_starts.begin());
    struct Entry {
        std::uint64_t key;
        std::uint32_t row;
    };
    std::vector<char> index_column(indexed * Snapshot::kEntry);
    {
        std::vector<Entry> entries(indexed);
        std::vector<std::uint32_t> next(bucket_starts.begin(), bucket_starts.end() - 1);
        for (std::uint32_t r = 0; r < rows; ++r) {
            if (code_column[r] == kNoCode) continue;
            const std::uint64_t key = spread(code_column[r]);
            entries[next[key >> shift]++] = {key, r};
        }
        for (std::size_t b = 0; b + 1 < bucket_starts.size(); ++b)
            std::sort(entries.begin() + bucket_starts[b], entries.begin() + bucket_starts[b + 1],
                      [](const Entry& x, const Entry& y) {
                          return x.key != y.key ? x.key < y.key : x.row < y.row;
                      });
        for (std::uint32_t i = 0; i < indexed; ++i) {
            std::memcpy(index_column.data() + i * Snapshot::kEntry, &entries[i].key,
                        sizeof entries[i].key);
            std::memcpy(index_column.data() + i * Snapshot::kEntry + 8, &entries[i].row,
                        sizeof entries[i].row);
        }
    }
    std::vector<std::uint64_t> block_column;
    std::uint64_t text_size = 0;
    for (std::uint32_t r = 0; r < rows; ++r) {
        if (r % kTextBlock == 0) block_column.push_back(text_size);
        text_size += record_size(p.texts.at(p.text_offsets[sorted[r].source]));
    }

    std::string dictionary_bytes;
    append_length(dictionary_bytes, std::min<std::size_t>(file.size(), 4096));
    dictionary_bytes += file.substr(0, 4096);
    const auto append_word = [&dictionary_bytes](std::string_view word) {
        word = cut(word, kTextLimit);
        append_length(dictionary_bytes, word.size());
        dictionary_bytes += word;
    };
    append_word(options_.status_column);
    append_word(options_.location_column);
    for (const auto& word : p.usual_words) append_word(word.value_or(std::string()));
    for (const std::uint32_t l : by_code) {
        append_word(p.locations[l]);
    }

    const auto bytes_of = [](const auto& column) {
        return std::string_view(reinterpret_cast<const char*>(column.data()),
                                column.size() * sizeof(column[0]));
    };
    const std::array<std::string_view, Section::texts> bodies = {
        dictionary_bytes,        bytes_of(group_table), bytes_of(code_column),
        bytes_of(rank_column),   bytes_of(flag_column), bytes_of(index_column),
        bytes_of(bucket_starts), bytes_of(block_column)};
    const std::uint64_t sums_size = ((text_size + kPiece - 1) / kPiece + 1) * 8;
    std::uint64_t offset = sizeof(Header);
    for (std::size_t s = 0; s < Section::sections; ++s) {
        offset = (offset + 7) / 8 * 8;
        if (s < bodies.size())
            header.sections[s] = {offset, bodies[s].size(), checksum(bodies[s])};
        else
            header.sections[s] = {offset, s == Section::texts ? text_size : sums_size, 0};
        offset += header.sections[s].size;
    }
    header.file_size = offset;
    header.sum = checksum_of(header);
    out.write({reinterpret_cast<const char*>(&header), sizeof header});
    std::uint64_t written = sizeof header;
    const auto pad_to = [&](std::uint64_t target) {
        for (; written < target; ++written) out.write('\0');
    };
    for (std::size_t s = 0; s < bodies.size(); ++s) {
        pad_to(header.sections[s].offset);
        out.write(bodies[s]);
        written += bodies[s].size();
    }
    pad_to(header.sections[Section::texts].offset);
    std::vector<std::uint64_t> sums;
    std::string piece;
    const auto end_piece = [&](std::size_t size) {
        sums.push_back(checksum(std::string_view(piece).substr(0, size)));
        out.write(std::string_view(piece).substr(0, size));
        piece.erase(0, size);
    };
    for (const auto& row : sorted) {
        const char* const record = p.texts.at(p.text_offsets[row.source]);
        piece.append(record, record_size(record));
        while (piece.size() >= kPiece) end_piece(kPiece);
    }
    if (!piece.empty()) end_piece(piece.size());
    sums.push_back(checksum(bytes_of(sums)));
    written += text_size;
    pad_to(header.sections[Section::text_sums].offset);
    out.write(bytes_of(sums));
}

// ---- reading
// ----------------------------------------------------------------------------------------------

Snapshot Snapshot::open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw system_error(Fault::no_input, path, errno);
    struct stat facts {};
    if (::fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        const int reason = S_ISDIR(facts.st_mode) ? EISDIR : EINVAL;
        ::close(fd);
        throw system_error(Fault::no_input, path, reason);
    }
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (size < sizeof(Header)) {
        ::close(fd);
        throw Error(Fault::bad_input, {path}, msg("is not a snapshot: {} bytes are too few", size));
    }
    void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    const int reason = errno;
    ::close(fd);
    if (mapped == MAP_FAILED) throw system_error(Fault::io, path, reason);

    Snapshot snapshot;
    snapshot.data_ = static_cast<const char*>(mapped);
    snapshot.size_ = size;
    Header header{};
    std::memcpy(&header, snapshot.data_, sizeof header);
    if (!std::equal(std::begin(kMagic), std::end(kMagic), header.magic))
        throw Error(Fault::bad_input, {path}, msg("is not a snapshot"),
                    msg("make one with \"tushu-inventory snapshot\""));
    if (header.version != kVersion)
        throw Error(Fault::bad_input, {path},
                    msg("is a snapshot of version {}, this program reads version {}",
                        header.version, kVersion),
                    msg("make it again with \"tushu-inventory snapshot\""));
    if (header.file_size != size)
        throw Error(Fault::bad_input, {path},
                    msg("is cut short or damaged: {} bytes were written, {} are there",
                        header.file_size, size));
    snapshot.path_ = path;
    if (checksum_of(header) != header.sum) throw snapshot.damaged(0, sizeof header);
    const auto need = [&](Section section, std::uint64_t bytes) {
        const auto& s = header.sections[section];
        if (s.offset % 8 != 0 || s.offset > size || s.size > size - s.offset ||
            (bytes != UINT64_MAX && s.size != bytes))
            throw Error(Fault::bad_input, {path}, msg("is a damaged snapshot"));
        const char* const body = snapshot.data_ + s.offset;
        if (section != Section::texts && section != Section::text_sums &&
            checksum({body, s.size}) != s.sum)
            throw snapshot.damaged(s.offset, s.size);
        return body;
    };
    const std::uint64_t rows = header.rows;
    if (header.bucket_bits < 1 || header.bucket_bits > 32)
        throw Error(Fault::bad_input, {path}, msg("is a damaged snapshot"));
    snapshot.rows_ = header.rows;
    snapshot.unparsed_ = header.unparsed;
    snapshot.index_size_ = header.index_size;
    snapshot.texts_held_ = header.texts_held;
    snapshot.codes_ = reinterpret_cast<const Code*>(need(Section::codes, rows * sizeof(Code)));
    snapshot.ranks_ = reinterpret_cast<const std::uint32_t*>(need(Section::ranks, rows * 4));
    snapshot.flags_ = reinterpret_cast<const std::uint8_t*>(need(Section::flags, rows));
    snapshot.index_ = need(Section::index, std::uint64_t{kEntry} * header.index_size);
    const std::size_t buckets = (std::size_t{1} << header.bucket_bits) + 1;
    snapshot.buckets_ = {
        reinterpret_cast<const std::uint32_t*>(need(Section::buckets, buckets * 4)), buckets};
    snapshot.bucket_shift_ = 64 - header.bucket_bits;
    snapshot.text_blocks_ = reinterpret_cast<const std::uint64_t*>(
        need(Section::text_blocks, (rows + kTextBlock - 1) / kTextBlock * 8));
    snapshot.texts_ = need(Section::texts, UINT64_MAX);
    snapshot.texts_size_ = header.sections[Section::texts].size;
    const std::size_t pieces = (snapshot.texts_size_ + kPiece - 1) / kPiece;
    const char* const sums = need(Section::text_sums, (pieces + 1) * 8);
    snapshot.text_sums_ = {reinterpret_cast<const std::uint64_t*>(sums), pieces};
    std::uint64_t sum_of_sums = 0;
    std::memcpy(&sum_of_sums, sums + pieces * 8, sizeof sum_of_sums);
    if (checksum({sums, pieces * 8}) != sum_of_sums)
        throw snapshot.damaged(header.sections[Section::text_sums].offset, (pieces + 1) * 8);
    snapshot.is_sound_.assign(pieces, false);
    const char* const group_bytes = need(Section::groups, UINT64_MAX);
    snapshot.groups_ = {reinterpret_cast<const Group*>(group_bytes),
                        header.sections[Section::groups].size / sizeof(Group)};
    const char* at = need(Section::dictionary, UINT64_MAX);
    const char* const end = at + header.sections[Section::dictionary].size;
    for (std::size_t word = 0; at < end; ++word) {
        const std::size_t length = read_length(at);
        if (length > static_cast<std::size_t>(end - at))
            throw Error(Fault::bad_input, {path}, msg("is a damaged snapshot"));
        // As write() put them: the file, two columns, a word for each class, the locations.
        if (word == 0)
            snapshot.source_file_.assign(at, length);
        else if (word == 1)
            snapshot.status_column_.assign(at, length);
        else if (word == 2)
            snapshot.location_column_.assign(at, length);
        else if (word < 3 + kStatuses)
            snapshot.usual_words_[word - 3] = {at, length};
        else
            snapshot.locations_.emplace_back(at, length);
        at += length;
    }
    for (const Group& group : snapshot.groups_)
        if (group.location >= snapshot.locations_.size() || group.begin > group.end ||
            group.end > rows)
            throw Error(Fault::bad_input, {path}, msg("is a damaged snapshot"));
    // What is used as an index must be one, whatever happened to the file: two passes over memory,
    // milliseconds.
    std::uint32_t next_begin = 0;
    for (const Group& group : snapshot.groups_) {
        bool is_sound = group.begin == next_begin;
        next_begin = group.end;
        for (std::uint32_t r = group.begin; is_sound && r < group.end; ++r)
            is_sound = snapshot.ranks_[r] >= group.begin && snapshot.ranks_[r] <= r &&
                       (snapshot.flags_[r] & 0x0FU) < kStatuses;
        if (!is_sound) throw Error(Fault::bad_input, {path}, msg("is a damaged snapshot"));
    }
    if (next_begin != rows) throw Error(Fault::bad_input, {path}, msg("is a damaged snapshot"));
    if (header.exported != INT64_MIN)
        snapshot.exported_ = Instant(std::chrono::seconds(header.exported));
    snapshot.source_sha256_.assign(header.sha256, sizeof header.sha256);
    return snapshot;
}

Error Snapshot::damaged(std::uint64_t offset, std::uint64_t size) const {
    return {Fault::bad_input,
            {path_},
            msg("is a damaged snapshot: bytes {} to {} are not as they were written", offset,
                offset + size - 1),
            msg("make it again with \"tushu-inventory snapshot\"")};
}

void Snapshot::check_texts(std::uint64_t begin, std::uint64_t end) const {
    for (std::uint64_t piece = begin / kPiece; piece * kPiece < end; ++piece) {
        // Two threads may check one piece; they find the same.
        const std::atomic_ref<std::uint8_t> is_sound(is_sound_[piece]);
        if (is_sound.load(std::memory_order_relaxed) != 0) continue;
        const std::uint64_t first = piece * kPiece,
                            size = std::min<std::uint64_t>(kPiece, texts_size_ - first);
        if (checksum({texts_ + first, size}) != text_sums_[piece])
            throw damaged(static_cast<std::uint64_t>(texts_ - data_) + first, size);
        is_sound.store(1, std::memory_order_relaxed);
    }
}

Snapshot::~Snapshot() {
    if (data_ != nullptr)
        ::munmap(const_cast<char*>(data_), size_);  // the system call takes it unqualified
}

Snapshot::Snapshot(Snapshot&& other) noexcept { *this = std::move(other); }

Snapshot& Snapshot::operator=(Snapshot&& other) noexcept {
    if (this == &other) return *this;
    if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = other.size_;
    rows_ = other.rows_;
    unparsed_ = other.unparsed_;
    index_size_ = other.index_size_;
    codes_ = other.codes_;
    ranks_ = other.ranks_;
    flags_ = other.flags_;
    index_ = other.index_;
    buckets_ = other.buckets_;
    bucket_shift_ = other.bucket_shift_;
    text_blocks_ = other.text_blocks_;
    texts_ = other.texts_;
    texts_size_ = other.texts_size_;
    text_sums_ = other.text_sums_;
    is_sound_ = std::move(other.is_sound_);
    path_ = std::move(other.path_);
    groups_ = other.groups_;
    locations_ = std::move(other.locations_);
    texts_held_ = other.texts_held_;
    exported_ = other.exported_;
    source_sha256_ = std::move(other.source_sha256_);
    source_file_ = std::move(other.source_file_);
    status_column_ = std::move(other.status_column_);
    location_column_ = std::move(other.location_column_);
    usual_words_ = other.usual_words_;
    return *this;
}

std::uint32_t Snapshot::group_of(std::uint32_t row) const {
    const auto found =
        std::upper_bound(groups_.begin(), groups_.end(), row,
                         [](std::uint32_t r, const Group& group) { return r < group.begin; });
    // Groups without rows share their beginning with the next one; the last that begins at or
    // before the row holds it.
    return static_cast<std::uint32_t>(found - groups_.begin()) - 1;
}

std::optional<std::uint32_t> Snapshot::location(std::string_view code) const {
    const auto found = std::lower_bound(locations_.begin(), locations_.end(), code);
    if (found == locations_.end() || *found != code) return std::nullopt;
    return static_cast<std::uint32_t>(found - locations_.begin());
}

std::uint32_t Snapshot::Rows::operator[](std::uint32_t i) const {
    std::uint32_t row = 0;
    std::memcpy(&row, first_ + i * kEntry + 8, sizeof row);
    return row;
}

Snapshot::Rows Snapshot::find(Code code, std::string_view normal) const {
    Rows found;
    if (code == kNoCode) return found;
    const std::uint64_t key = spread(code);
    const std::size_t bucket = key >> bucket_shift_;
    const auto key_at = [this](std::uint32_t i) {
        std::uint64_t entry = 0;
        std::memcpy(&entry, index_ + i * kEntry, sizeof entry);
        return entry;
    };
    std::uint32_t first = buckets_[bucket];
    const std::uint32_t end = std::min(buckets_[bucket + 1], index_size_);
    while (first < end && key_at(first) < key) ++first;
    std::uint32_t last = first;
    while (last < end && key_at(last) == key) ++last;
    for (std::uint32_t i = first; i < last; ++i) {
        std::uint32_t row = 0;
        std::memcpy(&row, index_ + i * kEntry + 8, sizeof row);
        if (row >= rows_) return found;  // damaged
    }
    if (first == last) return found;
    found.first_ = index_ + first * kEntry;
    found.size_ = last - first;
    if (is_hashed(code)) {
        std::string scratch;
        if (normal_barcode(text(found[0], Text::barcode), scratch) != normal) return {};
    }
    return found;
}

std::string Snapshot::barcode(std::uint32_t row) const {
    if (const auto kept = text(row, Text::barcode); !kept.empty()) return std::string(kept);
    return codes_[row] == kNoCode ? std::string() : digits_of(codes_[row]);
}

std::string_view Snapshot::text(std::uint32_t row, Text which) const {
    return kept_text(row, which).value_or(std::string_view());
}

std::string_view Snapshot::status_word(std::uint32_t row) const {
    return kept_text(row, Text::status)
        .value_or(usual_words_[static_cast<std::size_t>(status(row))]);
}

std::string_view Snapshot::location_word(std::uint32_t row) const {
    return kept_text(row, Text::location).value_or(locations_[location_of(row)]);
}

std::optional<std::string_view> Snapshot::kept_text(std::uint32_t row, Text which) const {
    if (!holds(which)) return std::nullopt;
    const char* const end = texts_ + texts_size_;
    const std::uint64_t block = text_blocks_[row / kTextBlock];
    const std::size_t next = row / kTextBlock + 1;
    const std::uint64_t block_end = next * kTextBlock < rows_ ? text_blocks_[next] : texts_size_;
    if (block >= texts_size_ || block_end > texts_size_) return std::nullopt;
    check_texts(block, block_end);
    const char* at = texts_ + block;
    // Walks over one record up to field `stop`; false where a damaged length leads out of the
    // file.
    std::optional<std::string_view> found;
    const auto walk = [&](unsigned stop) {
        TextMask mask = 0;
        if (end - at < static_cast<std::ptrdiff_t>(sizeof mask)) return false;
        std::memcpy(&mask, at, sizeof mask);
        at += sizeof mask;
        for (unsigned i = 0; i < kTexts; ++i) {
            if ((mask >> i & 1U) == 0) continue;
            if (end - at < 1) return false;
            const std::size_t length = read_length(at);
            if (at > end || length > static_cast<std::size_t>(end - at)) return false;
            if (i == stop) {
                found.emplace(at, length);
                return true;
            }
            at += length;
        }
        return true;
    };
    for (std::uint32_t r = row / kTextBlock * kTextBlock; r < row; ++r)
        if (!walk(kTexts)) return std::nullopt;
    (void)walk(static_cast<unsigned>(which));
    return found;
}

}  // namespace tushu::inventory
