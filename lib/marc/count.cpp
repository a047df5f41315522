// SPDX-License-Identifier: Apache-2.0
#include "marc/count.hpp"

#include "marc/frame.hpp"

namespace tushu::marc {

std::uint64_t count_records(Input& input, const ReadOptions& options,
                            const std::function<void(const Rejected&)>& refused,
                            const std::function<void(std::uint64_t)>& tick) {
    const FileFacts facts = look_at(input, options);
    const auto framer = make_framer(input, facts);
    std::unique_ptr<Parser> parser;
    Record record;
    SourceNote note;
    Frame frame;
    std::uint64_t count = 0;
    while (framer->next(frame)) {
        if (frame.is_deleted) continue;
        if (frame.reject_code.empty() && !frame.is_cut) {
            ++count;
            if (count % 1024 == 0) tick(count);
            continue;
        }
        try {
            note.reject_code = {};
            if (!frame.reject_code.empty()) refuse(note, frame.reject_code, frame.reject_message);
            if (!parser) parser = make_parser(facts, options);
            parser->parse(frame, record, note);
            ++count;
        } catch (const Error& e) {
            refused({std::string(note.reject_code),
                     Error(e.fault(), {input.name(), frame.record, frame.offset}, e.message(),
                           e.hint()),
                     std::string(frame.raw), ""});
        }
    }
    return count;
}

}  // namespace tushu::marc
