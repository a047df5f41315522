// SPDX-License-Identifier: Apache-2.0
#include "run.hpp"

#include "base/text.hpp"

#include <future>
#include <set>

namespace tushu::cmd {

void warn_of(Context& context, const std::string& path,
             std::span<const inventory::ScanFault> faults) {
    for (const auto& fault : faults)
        context.warn(fault.code, {path, 0, 0, fault.line},
                     fault.reason.empty()
                         ? msg("this line is not understood: \"{}\"", fault.text)
                         : msg("{}: \"{}\"", fault.reason.text(context.lang()), fault.text));
}

void warn_of_faults(Context& context, const inventory::ScanLog& log) {
    for (const auto& fault : log.faults) warn_of(context, log.files[fault.file].name, {&fault, 1});
}

SessionInputs read_session(Context& context, const std::string& folder, const std::string& snapshot,
                           const std::vector<std::string>& event_files) {
    const inventory::Session session = inventory::Session::open(folder);
    // The scans are read while the snapshot's columns are checked.
    auto log = std::async(std::launch::async, [&session] { return session.load(); });
    SessionInputs in{
        session, inventory::Snapshot::open(snapshot), {}, {}, inventory::load_decisions(folder)};
    in.log = log.get();
    Summary& summary = context.summary();
    for (const auto& file : in.log.files) summary.inputs.push_back({file.name, 0, file.sha256});
    summary.inputs.push_back({snapshot, 0, in.snapshot.source_sha256()});
    for (const auto& path : event_files) {
        const auto input = context.open(path);
        inventory::EventReader reader(*input, in.snapshot, context.config().zone);
        for (;;) {
            try {
                if (!reader.next(in.events)) break;
                summary.count("events_in");
            } catch (const Error& e) {
                if (e.fault() != Fault::bad_input) throw;
                summary.count("events_in");
                context.reject(reader.code(), e, reader.raw());
            }
        }
        context.note_input(*input);
    }
    inventory::sort_events(in.events);
    if (!event_files.empty()) {
        summary.count("events_before_export", in.events.before_export);
        summary.count("events_not_held", in.events.not_held);
        summary.count("events_shared_barcode", in.events.shared);
        if (in.events.shared != 0)
            context.warn("shared_barcode", {},
                         msg("{} events name a barcode that several items have, and neither record "
                             "key nor location; they say nothing of items that were seen",
                             in.events.shared));
    }
    return in;
}

void warn_about_scans(Context& context, const inventory::ScanLog& log,
                      const inventory::Matching& matching,
                      const inventory::Arrangement& arrangement) {
    warn_of_faults(context, log);
    std::set<std::string> told;
    for (const auto& missed : arrangement.missed_labels) {
        const auto& segment = log.segments[missed.segment];
        context.warn(
            "missed_label", {log.files[segment.file].name, 0, 0, segment.line},
            msg("a shelf label seems to have been passed over here: {} books behind \"{}\" stand "
                "in order as \"{}\"",
                segment.end - segment.first, printable(log.segments[missed.after].anchor()),
                printable(segment.anchor())));
    }
    for (std::size_t s = 0; s < log.segments.size(); ++s) {
        const auto& segment = log.segments[s];
        const Where where{log.files[segment.file].name, 0, 0, segment.line};
        if (matching.location[s] == inventory::kNone) {
            if (segment.location.empty())
                context.warn(
                    "no_location", where,
                    msg("nobody said where these {} scans were made, and the books do not agree",
                        segment.end - segment.first));
            else if (told.insert(segment.location).second)
                context.warn("unknown_location", where,
                             msg("no item of the snapshot belongs to location \"{}\"",
                                 printable(segment.location)));
        } else if (segment.is_inferred) {
            context.warn(
                "inferred_location", where,
                msg("nobody said where this was; most books belong to \"{}\"", segment.location));
        }
        if (arrangement.is_right_to_left[s] && !segment.is_reversed)
            context.warn(
                "right_to_left", where,
                msg("shelf \"{}\" was scanned from right to left", printable(segment.anchor())));
    }
}

}  // namespace tushu::cmd
