#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::base {

/// One count. Its owner adds on its own shard; anyone may read it at any time.
/// Thread: any
class Counter {
  public:
    void add(std::uint64_t n = 1)
    {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

/// All counts of one Runtime by name ("ca.server.updates"), which the shell, the statistics records and the reports
/// read. A name asked for twice is one counter; only one shard may add to it.
/// Thread: fixed (names are registered while the Runtime is built); the counters themselves: any
class Counters {
  public:
    Counter& get(std::string_view name)
    {
        for (const auto& entry : entries_) {
            if (entry->name == name) {
                return entry->counter;
            }
        }
        entries_.push_back(std::make_unique<Entry>(std::string(name)));
        return entries_.back()->counter;
    }

    template <class F>
    void each(F&& f) const
    {
        for (const auto& entry : entries_) {
            f(std::string_view(entry->name), entry->counter.value());
        }
    }

  private:
    struct Entry {
        explicit Entry(std::string n) : name(std::move(n)) {}
        std::string name;
        Counter counter;
    };
    std::vector<std::unique_ptr<Entry>> entries_;
};

} // namespace iochron::base
