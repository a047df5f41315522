// SPDX-License-Identifier: Apache-2.0
#include "inventory/live.hpp"

#include "base/text.hpp"
#include "inventory/lists.hpp"

#include <algorithm>

namespace tushu::inventory {

std::optional<LiveCheck::Reply> LiveCheck::take(std::string_view line) {
    line = trim(line);
    if (line.empty()) return std::nullopt;
    Reply reply;
    if (line.front() == '#') {
        reply.is_anchor = true;
        const std::size_t blank = line.find_first_of(" \t");
        const std::string word =
            ascii_upper(line.substr(1, blank == std::string_view::npos ? blank : blank - 1));
        const std::string value(blank == std::string_view::npos ? std::string_view()
                                                                : trim(line.substr(blank + 1)));
        if (word == "LOC" || word == "SHELF") {
            (word == "LOC" ? location_ : shelf_) = value;
            if (word == "LOC") {
                shelf_.clear();
                if (!snapshot_->location(value)) {
                    reply.needs_hand = true;
                    reply.text =
                        msg("no item of the snapshot belongs to location \"{}\"", printable(value));
                }
            }
            last_row_ = before_last_row_ = kNone;
            on_shelf_.clear();
        } else if (word == "UNDO" && !on_shelf_.empty()) {
            on_shelf_.pop_back();
            last_row_ = before_last_row_;
            --scanned_;
        }
        reply.code = line;
        return reply;
    }
    ++scanned_;
    if (line.starts_with("NOBARCODE")) {
        reply.outcome = Outcome::nolabel;
        reply.needs_hand = reply.leaves_shelf = true;
        reply.text = meaning_of(reply.outcome);
        return reply;
    }
    std::string scratch;
    const std::string code(normal_barcode(line, scratch));
    reply.code = code;
    const Code number = code_of(code);
    const bool is_again = std::find(on_shelf_.begin(), on_shelf_.end(), number) != on_shelf_.end();
    on_shelf_.push_back(number);
    const auto rows = snapshot_->find(number, code);
    std::uint32_t row = rows.empty() ? kNone : rows[0];
    const auto here = snapshot_->location(location_);
    std::uint32_t matches = 0;
    for (std::uint32_t k = 0; k < rows.size(); ++k)
        if (here && snapshot_->location_of(rows[k]) == *here) {
            row = rows[k];
            ++matches;
        }
    if (rows.empty()) {
        reply.outcome = Outcome::norec;
        // What may be a reader's card is not shown.
        if (code.size() == 14 && code.front() == '2') reply.code.clear();
    } else if (is_again) {
        reply.outcome = Outcome::dupscan;
    } else if (rows.size() > 1 && matches != 1) {
        reply.outcome = Outcome::ambig;
    } else {
        reply.call_number = snapshot_->text(row, Text::call_number);
        reply.title = snapshot_->text(row, Text::title);
        switch (snapshot_->status(row)) {
            case Status::on_shelf:
            case Status::unknown:
                break;
            case Status::on_loan:
                reply.outcome = Outcome::onloan;
                break;
            case Status::missing:
                reply.outcome = Outcome::wasmissing;
                break;
            case Status::withdrawn:
                reply.outcome = Outcome::withdrawn;
                break;
            case Status::deleted:
                reply.outcome = Outcome::deleted;
                break;
            case Status::in_transit:
            case Status::off_shelf:
            case Status::pending:
                reply.outcome = Outcome::otherstatus;
                break;
        }
        const bool is_home = !here || snapshot_->location_of(row) == *here;
        if (reply.outcome == Outcome::found && !is_home) reply.outcome = Outcome::wrongloc;
        if (is_home && !snapshot_->is_unparsed(row)) {
            // A drop below the last book is either this one's fault or that one's: the one before
            // tells which.
            if (reply.outcome == Outcome::found && last_row_ != kNone &&
                snapshot_->group_of(row) == snapshot_->group_of(last_row_) &&
                snapshot_->rank(row) < snapshot_->rank(last_row_)) {
                const bool is_last_to_blame =
                    before_last_row_ != kNone &&
                    snapshot_->group_of(before_last_row_) == snapshot_->group_of(row) &&
                    snapshot_->rank(row) >= snapshot_->rank(before_last_row_);
                reply.outcome = Outcome::outorder;
                reply.text =
                    is_last_to_blame
                        ? msg("the book before it ({}) may stand in the wrong place",
                              snapshot_->text(last_row_, Text::call_number))
                        : msg("belongs before {}", snapshot_->text(last_row_, Text::call_number));
                if (is_last_to_blame) last_row_ = before_last_row_;
            }
            if (last_row_ == kNone || snapshot_->group_of(row) != snapshot_->group_of(last_row_) ||
                snapshot_->rank(row) >= snapshot_->rank(last_row_)) {
                before_last_row_ = last_row_;
                last_row_ = row;
            }
        }
    }
    reply.needs_hand = reply.outcome != Outcome::found && reply.outcome != Outcome::dupscan;
    reply.leaves_shelf = reply.needs_hand && reply.outcome != Outcome::outorder;
    if (reply.text.empty()) reply.text = meaning_of(reply.outcome);
    return reply;
}

}  // namespace tushu::inventory
