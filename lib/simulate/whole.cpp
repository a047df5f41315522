// SPDX-License-Identifier: Apache-2.0
#include "simulate/whole.hpp"

#include "simulate/bibs.hpp"
#include "simulate/logs.hpp"
#include "simulate/stacks.hpp"

namespace tushu::simulate {
namespace {

constexpr std::string_view kSession = "scans";  // the inventory session is named for its folder

constexpr std::string_view kSettings =
    R"(# Settings of the sample library (tushu.yaml). The library and its people are made up.
library:
  name: 示例市图书馆
  name_en: Sample City Library
  isil: CN-SAMPLE
  zone: Asia/Shanghai
language: zh
store: tushu.db
state: state
# Card numbers become pseudonyms under this key as soon as they are read.
patron_key: env:TUSHU_PATRON_KEY
)";

constexpr std::string_view kProfile =
    R"(# How items/items.csv is to be read: its columns, and what its status words mean.
columns:
  barcode: 条码
  bib: 书目号
  location: 馆藏地
  call_number: 索书号
  scheme: 分类法
  status: 状态
  volume: 卷册
  copy: 复本
  updated: 更新日期
status:
  在架: on_shelf
  借出: on_loan
  运送中: in_transit
  装订: off_shelf
  丢失: missing
  剔除: withdrawn
unknown_status: stop
)";

class Whole {
  public:
    Whole(const Library& library, const MakeFile& make, const FileDone& done)
        : library_(library), make_(make), done_(done) {}

    WholeCounts run(const std::string& size) {
        truth_ = {library_.seed(), size, library_.year(), {}};
        save("tushu.yaml", kSettings);
        save("items/profile.yaml", kProfile);
        bibs();
        stacks();
        circulation();
        requests();
        hand_counts();
        plan();
        save("truth.json", truth_.json());
        return counts_;
    }

  private:
    void close(std::unique_ptr<Output>& file) {
        file->close();
        done_(*file);
        file.reset();
    }
    void save(const std::string& name, std::string_view text) {
        auto file = make_(name);
        file->write(text);
        close(file);
    }

    void bibs() {
        TruthTable loads{
            "catalog-loads",
            {"source", "file", "records_in", "created", "changed", "unchanged", "rejects"},
            {},
            5};
        Tally all;
        for (const File file : kFiles) {
            const std::string name(name_of(file)), source(source_of(file));
            auto out = make_("marc/" + name);
            const BibsTruth truth = write_bibs(*out, library_, file, ~std::uint64_t{0}, true);
            close(out);
            loads.rows.push_back({source, name, std::to_string(truth.records_in),
                                  std::to_string(truth.created), "0", "0",
                                  std::to_string(truth.rejects)});
            for (const auto& [key, n] : truth.bibs) all[{source, key[0], key[1]}] += n;
            for (const auto& [key, n] : truth.entered) entered_[key[0]] += n;
            counts_.bibs += truth.created;
        }
        truth_.tables.push_back(std::move(loads));
        truth_.tables.push_back(
            table_of("catalog-bibs", {"source", "language", "material", "n"}, all));
    }

    void stacks() {
        StackFiles files;
        auto items = make_("items/items.csv");
        auto outcomes = make_("truth-inventory.csv");
        auto moves = make_("truth-moves.csv");
        files.items = items.get();
        files.has_bad_rows = true;
        files.outcomes = outcomes.get();
        files.moves = moves.get();
        std::map<std::string, std::unique_ptr<Output>> scans;
        files.scans = [&](const Location& location, unsigned pass) -> Output& {
            const std::string name =
                "scans/" + std::string(location.code) + "-" + std::to_string(pass) + ".txt";
            auto& file = scans[name];
            if (!file) file = make_(name);
            return *file;
        };
        const StackTruth truth = write_stacks(library_, files);
        close(items);
        close(outcomes);
        close(moves);
        for (auto& [name, file] : scans) close(file);
        truth_.tables.push_back(
            table_of("catalog-items", {"location", "status", "n"}, truth.items));
        truth_.tables.push_back(table_of("item-faults", {"code", "n"}, truth.item_faults));
        Tally by_session;
        for (const auto& [key, n] : truth.outcomes)
            by_session[{std::string(kSession), key[0], key[1]}] = n;
        truth_.tables.push_back(
            table_of("inventory-outcomes", {"session", "location", "outcome", "n"}, by_session));
        truth_.tables.push_back({"inventory-moves", {"barcode"}, truth.moves, 0});
        seen_ = static_cast<std::int64_t>(truth.seen);
        counts_.items = truth.items_kept;
        counts_.scans = truth.scans;
    }

    void circulation() {
        std::unique_ptr<Output> file;
        unsigned month_open = 0;
        const CirculationTruth truth = write_circulation(
            library_, library_.sizes().events, true, [&](unsigned month) -> Output& {
                if (month != month_open) {
                    if (file) close(file);
                    file = make_("circulation/" + std::to_string(library_.year()) + "-" +
                                 padded(month, 2) + ".csv");
                    month_open = month;
                }
                return *file;
            });
        if (file) close(file);
        truth_.tables.push_back(
            table_of("circulation-months", {"month", "type", "n"}, truth.months));
        truth_.tables.push_back(
            table_of("circulation-branches", {"branch", "type", "n"}, truth.branches));
        truth_.tables.push_back(table_of("circulation-faults", {"code", "n"}, truth.faults));
        circulated_ = truth.totals;
        counts_.events = truth.rows;
    }

    void requests() {
        auto in = make_("ill/requests.csv");
        auto events = make_("ill/confirmations.csv");
        const RequestsTruth truth =
            write_requests(library_, library_.sizes().requests, *in, *events);
        close(in);
        close(events);
        truth_.tables.push_back(
            table_of("ill-requests", {"partner", "role", "service", "state", "n"}, truth.states));
        truth_.tables.push_back(
            table_of("ill-months", {"month", "service", "role", "n"}, truth.filled));
        for (const auto& [key, n] : truth.filled) {
            filled_ += n;
            if (key[1] == "loan") filled_loans_ += n;
        }
        counts_.requests = truth.requests;
    }

    void hand_counts() {
        auto out = make_("counts/hand-counts.csv");
        counted_ = write_hand_counts(library_, *out);
        close(out);
        TruthTable table{"milestones", {"id", "done", "state"}, {}, 0};
        for (const PlanEntry& entry : milestones()) {
            const auto done = counted_.milestones.find(std::string(entry.id));
            const bool is_done = done != counted_.milestones.end();
            // On the last day of the year, which is when the year is reported.
            const std::string state = is_done ? "done" : entry.due < "12-31" ? "overdue" : "due";
            table.rows.push_back({std::string(entry.id), is_done ? done->second : "", state});
        }
        truth_.tables.push_back(std::move(table));
    }

    std::int64_t circulated(const char* measure) { return circulated_[{std::string(measure)}]; }
    // Records entered in the year whose category `fits`.
    template <class Fits>
    std::int64_t entered(const Fits& fits) const {
        std::int64_t n = 0;
        for (const auto& [category, count] : entered_)
            if (fits(std::string_view(category))) n += count;
        return n;
    }

    void plan() {
        std::map<std::string, std::int64_t> actual = counted_.targets;
        actual["T01.02"] = circulated("loans") + circulated("in_house_use");
        actual["T13.01"] =
            entered([](std::string_view c) { return c.starts_with("chi/") && c != "chi/serial"; });
        actual["T13.02"] = entered([](std::string_view c) {
            return c.ends_with("/book") && !c.starts_with("chi/") && !c.starts_with("rus/");
        });
        actual["T13.03"] = entered([](std::string_view c) { return c.ends_with("/serial"); });
        actual["T13.04"] = entered([](std::string_view c) { return c == "rus/book"; });
        actual["T13.05"] = entered([](std::string_view c) { return c.ends_with("/sound"); });
        actual["T16.02"] = seen_;
        actual["T16.06"] = circulated("stack_retrievals");
        actual["T30.01"] = filled_;
        actual["T30.02"] = filled_loans_;
        TruthTable table{"plan", {"id", "actual"}, {}, 1};
        for (const std::string& id : target_ids()) {
            const auto found = actual.find(id);
            table.rows.push_back(
                {id, found == actual.end() ? "missing" : std::to_string(found->second)});
        }
        truth_.tables.insert(truth_.tables.begin(), std::move(table));
    }

    const Library& library_;
    const MakeFile& make_;
    const FileDone& done_;
    Truth truth_;
    WholeCounts counts_;
    std::map<std::string, std::int64_t> entered_;
    Tally circulated_;
    HandCountsTruth counted_;
    std::int64_t seen_ = 0, filled_ = 0, filled_loans_ = 0;
};

}  // namespace

WholeCounts write_whole(const Library& library, const std::string& size, const MakeFile& make,
                        const FileDone& done) {
    return Whole(library, make, done).run(size);
}

}  // namespace tushu::simulate
