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
constexpr std::size_t kBatchIn = 1U << 19U;   // bytes of frames that one thread gets at once

// Parses frames and runs the step: what one thread does.
class Worker {
  public:
    Worker(std::string name, const FileFacts& facts, const StreamOptions& options,
           std::unique_ptr<RecordStep> step)
        : name_(std::move(name)),
          wants_repairs_(options.wants_repairs),
          parser_(make_parser(facts, options.read)),
          is_whole_(options.read.only_tags.empty()),
          step_(std::move(step)) {}

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
            is_parsed = true;
            const auto believed = static_cast<std::size_t>(note_.believed);
            if (is_whole_)
                ++batch.charsets[note_.declared ? static_cast<std::size_t>(*note_.declared)
                                                : kCharsets][believed];
            RecordWriter* const writer = step_->writer();
            const std::uint64_t replaced = writer != nullptr ? writer->replaced() : 0;
            const std::uint64_t split_off = writer != nullptr ? writer->split_off() : 0;
            if (step_->process(record_, note_, batch.bytes))
                ++batch.out;
            else
                ++batch.dropped;
            if (writer != nullptr) {
                batch.replaced += writer->replaced() - replaced;
                batch.split_off += writer->split_off() - split_off;
                for (auto& note : writer->take_notes())
                    batch.notes.push_back({note_.record, note_.offset,
                                           std::string(record_.control_number()), std::move(note)});
            }
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
    bool wants_repairs_;
    std::unique_ptr<Parser> parser_;
    bool is_whole_;  // all fields are read: the evidence for a character set is whole, too
    std::unique_ptr<RecordStep> step_;
    Record record_;
    SourceNote note_;
};

void reset(Batch& batch) {
    batch.bytes.clear();
    batch.in = batch.out = batch.dropped = batch.replaced = batch.split_off = 0;
    batch.rejects.clear();
    batch.repairs.clear();
    batch.notes.clear();
    batch.charsets = {};
}

// Frames copied out of the input, on their way to a thread, and what became of them on the way
// back.
struct Task {
    struct Held {
        Frame frame;
        std::size_t from = 0, size = 0;
    };
    Bytes bytes;
    std::vector<Held> frames;
    Batch batch;
    bool is_done = false;
    std::exception_ptr failure;
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
        task->bytes.clear();
        task->frames.clear();
        task->is_done = false;
        reset(task->batch);
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
                const std::string_view all = task->bytes.view();
                for (auto& held : task->frames) {
                    held.frame.raw = all.substr(held.from, held.size);
                    worker.work(held.frame, task->batch);
                }
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
    Frame frame;
    std::uint64_t skipped = 0, read = 0;
    const auto next = [&] {
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
        Batch batch;
        std::uint64_t out = 0;  // of the batches handed on
        while ((!options.most_out || out + batch.out < *options.most_out) && next()) {
            worker.work(frame, batch);
            if (batch.bytes.size() < kBatchOut && batch.in < 1024) continue;
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
        is_more = next();
        if (is_more) {
            const std::size_t from = task->bytes.size();
            task->bytes.append(frame.raw);
            task->frames.push_back({std::move(frame), from, task->bytes.size() - from});
            frame = {};
            if (task->bytes.size() < kBatchIn) continue;
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
