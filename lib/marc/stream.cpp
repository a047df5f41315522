// SPDX-License-Identifier: Apache-2.0
#include "marc/stream.hpp"

#include "marc/frame.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace tushu::marc {
namespace {

constexpr std::size_t kBatchOut = 1U << 18U;  // bytes written by one batch, about
// What one thread gets at once: bytes of frames, and frames.
constexpr std::size_t kBatchIn = 1U << 18U, kBatchFrames = 1024;

// Parses frames and runs the step: what one thread does.
class Worker {
  public:
    Worker(std::string name, const FileFacts& facts, const StreamOptions& options,
           std::unique_ptr<RecordStep> step)
        : name_(std::move(name)),
          base_(options.number_base),
          wants_repairs_(options.wants_repairs),
          parser_(make_parser(facts, options.read)),
          step_(std::move(step)) {
        if (options.read.only_tags.empty()) return;
        ReadOptions all = options.read;
        all.only_tags.clear();
        whole_parser_ = make_parser(facts, all);
    }

    void work(Frame& frame, Batch& batch) {
        ++batch.in;
        if (frame.is_deleted) {
            ++batch.dropped;
            return;
        }
        bool is_parsed = false;
        const std::size_t mark = batch.bytes.size();
        try {
            parse_frame(*parser_, frame, record_, note_);
            if (note_.is_partial && step_->wants_whole(record_))
                parse_frame(*whole_parser_, frame, record_, note_);
            is_parsed = true;
            const auto believed = static_cast<std::size_t>(note_.believed);
            if (!whole_parser_)
                ++batch.charsets[note_.declared ? static_cast<std::size_t>(*note_.declared)
                                                : kCharsets][believed];
            RecordWriter* const writer = step_->writer();
            const std::uint64_t replaced = writer != nullptr ? writer->replaced() : 0;
            const std::uint64_t split_off = writer != nullptr ? writer->split_off() : 0;
            const std::uint64_t placed = writer != nullptr ? writer->placed() : 0;
            if (writer != nullptr) writer->set_number(base_ + note_.record);
            if (step_->process(record_, note_, batch.bytes))
                ++batch.out;
            else
                ++batch.dropped;
            if (writer != nullptr) {
                batch.replaced += writer->replaced() - replaced;
                batch.split_off += writer->split_off() - split_off;
                batch.placed += writer->placed() - placed;
                batch.numbered += record_.has_other_number() ? 1U : 0U;
            }
            for (auto& note : step_->take_notes())
                batch.notes.push_back({note_.record, note_.offset,
                                       std::string(record_.control_number()), std::move(note)});
        } catch (const Error& e) {
            if (e.fault() != Fault::bad_input) throw;
            batch.bytes.resize_down(mark);
            const std::string_view code = !note_.reject_code.empty() ? note_.reject_code
                                          : is_parsed                ? "unwritable"
                                                                     : "bad_char";
            Where where{name_, frame.record, frame.offset};
            batch.rejects.push_back(
                {std::string(code), Error(e.fault(), std::move(where), e.message(), e.hint()),
                 std::string(frame.raw), is_parsed ? std::string(record_.control_number()) : ""});
            return;
        }
        if (!wants_repairs_ && note_.repairs.empty()) return;
        for (const auto& repair : note_.repairs) {
            batch.repairs.push_back({note_.record, note_.offset,
                                     std::string(record_.control_number()),
                                     std::string(repair.code), repair.detail});
        }
    }

  private:
    std::string name_;
    std::uint64_t base_;
    bool wants_repairs_;
    std::unique_ptr<Parser> parser_;
    // Where parser_ may look at a part of the fields, of which no character set is counted.
    std::unique_ptr<Parser> whole_parser_;
    std::unique_ptr<RecordStep> step_;
    Record record_;
    SourceNote note_;
};

void reset(Batch& batch) {
    batch.bytes.clear();
    batch.in = batch.out = batch.dropped = batch.replaced = batch.split_off = batch.placed =
        batch.numbered = 0;
    batch.rejects.clear();
    batch.repairs.clear();
    batch.notes.clear();
    batch.charsets = {};
}

// Frames on their way to a thread, and what became of them on the way back. The bytes stay in the
// input's blocks, which are held; those that stand elsewhere are copied.
struct Task {
    struct Copied {
        std::size_t frame = 0, from = 0, size = 0;
    };
    std::vector<Frame> frames;  // the first `count` of them: a frame's own memory is used again
    std::size_t count = 0, size = 0;
    std::vector<std::shared_ptr<const void>> blocks;
    std::uint64_t block_number = 0;  // of the last of them; 0: none
    std::vector<Copied> copied;
    Bytes bytes;
    Batch batch;
    bool is_done = false;
    std::exception_ptr failure;

    void clear() {
        count = size = 0;
        blocks.clear();
        block_number = 0;
        copied.clear();
        bytes.clear();
        is_done = false;
        reset(batch);
    }

    /// Place for one more frame; keep() it when it is filled.
    Frame& next_frame() {
        if (count == frames.size()) frames.emplace_back();
        return frames[count];
    }
    void keep(const Input& input) {
        const std::string_view raw = frames[count].raw;
        if (!input.is_in_block(raw)) {
            copied.push_back({count, bytes.size(), raw.size()});
            bytes.append(raw);
        } else if (block_number != input.block_number()) {
            block_number = input.block_number();
            blocks.push_back(input.hold());
        }
        ++count;
        size += raw.size();
    }
    void work(Worker& worker) {
        for (const Copied& copy : copied)
            frames[copy.frame].raw = bytes.view().substr(copy.from, copy.size);
        for (std::size_t i = 0; i < count; ++i) worker.work(frames[i], batch);
    }
};

// A queue of tasks; results are taken from its front, so the order of the file is kept.
class Pool {
  public:
    Pool(Input& input, const FileFacts& facts, const StreamOptions& options,
         const std::function<std::unique_ptr<RecordStep>()>& make_step) {
        for (unsigned i = 0; i < options.threads; ++i) {
            workers_.push_back(std::make_unique<Worker>(input.name(), facts, options, make_step()));
            threads_.emplace_back([this, worker = workers_.back().get()] { serve(*worker); });
        }
    }
    ~Pool() {
        {
            const std::lock_guard lock(mutex_);
            is_closing_ = true;
        }
        wake_.notify_all();
        for (auto& thread : threads_) thread.join();
    }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    std::unique_ptr<Task> fresh() {
        if (spare_.empty()) return std::make_unique<Task>();
        auto task = std::move(spare_.back());
        spare_.pop_back();
        return task;
    }

    void submit(std::unique_ptr<Task> task) {
        {
            const std::lock_guard lock(mutex_);
            waiting_.push_back(task.get());
            order_.push_back(std::move(task));
        }
        wake_.notify_one();
    }

    // Hands finished batches on, oldest first; waits while more than `most` are under way.
    void drain(std::size_t most, const std::function<void(Batch&)>& take) {
        for (;;) {
            std::unique_ptr<Task> task;
            {
                std::unique_lock lock(mutex_);
                if (order_.empty()) return;
                if (!order_.front()->is_done) {
                    if (order_.size() <= most) return;
                    done_.wait(lock, [this] { return order_.front()->is_done; });
                }
                task = std::move(order_.front());
                order_.pop_front();
            }
            if (task->failure) std::rethrow_exception(task->failure);
            take(task->batch);
            task->clear();  // on this thread: the input's blocks go back to it
            spare_.push_back(std::move(task));
        }
    }

  private:
    void serve(Worker& worker) {
        for (;;) {
            Task* task = nullptr;
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [this] { return is_closing_ || !waiting_.empty(); });
                if (waiting_.empty()) return;
                task = waiting_.front();
                waiting_.pop_front();
            }
            try {
                task->work(worker);
            } catch (...) {  // carried to the thread that waits, and thrown there
                task->failure = std::current_exception();
            }
            {
                const std::lock_guard lock(mutex_);
                task->is_done = true;
            }
            done_.notify_one();
        }
    }

    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::thread> threads_;
    std::mutex mutex_;
    std::condition_variable wake_, done_;
    std::deque<Task*> waiting_;
    std::deque<std::unique_ptr<Task>> order_;
    std::vector<std::unique_ptr<Task>> spare_;
    bool is_closing_ = false;
};

}  // namespace

std::uint64_t run_stream(Input& input, const StreamOptions& options,
                         const std::function<std::unique_ptr<RecordStep>()>& make_step,
                         const std::function<void(Batch&)>& take) {
    const FileFacts facts = look_at(input, options.read);
    const auto framer = make_framer(input, facts);
    std::uint64_t skipped = 0, read = 0;
    const auto next = [&](Frame& frame) {
        while (skipped < options.skip) {
            if (!framer->next(frame)) return false;
            ++skipped;
        }
        if (options.limit && read >= *options.limit) return false;
        if (!framer->next(frame)) return false;
        ++read;
        return true;
    };
    if (options.threads <= 1 || options.most_out) {
        Worker worker(input.name(), facts, options, make_step());
        Frame frame;
        Batch batch;
        std::uint64_t out = 0;  // of the batches handed on
        while ((!options.most_out || out + batch.out < *options.most_out) && next(frame)) {
            worker.work(frame, batch);
            // Refused bytes are held too, and may be megabytes each.
            if (batch.bytes.size() < kBatchOut && batch.in < 1024 &&
                (batch.rejects.empty() || frame.raw.size() < kBatchOut))
                continue;
            batch.done = input.raw_bytes();
            out += batch.out;
            take(batch);
            reset(batch);
        }
        batch.done = input.raw_bytes();
        take(batch);
        return skipped;
    }
    Pool pool(input, facts, options, make_step);
    auto task = pool.fresh();
    bool is_more = true;
    while (is_more) {
        is_more = next(task->next_frame());
        if (is_more) {
            task->keep(input);
            if (task->size < kBatchIn && task->count < kBatchFrames) continue;
        }
        task->batch.done = input.raw_bytes();
        pool.submit(std::move(task));
        pool.drain(options.threads * 2, take);
        task = pool.fresh();
    }
    pool.drain(0, take);
    return skipped;
}

}  // namespace tushu::marc
