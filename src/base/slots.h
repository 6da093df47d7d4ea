#pragma once

#include <cassert>
#include <cstdint>
#include <utility>
#include <vector>

namespace iochron::base {

/// Names one thing in a Slots: its index and how often the index was used before. A stale handle finds nothing.
struct Handle {
    std::uint32_t index = 0;
    std::uint32_t generation = 0;

    bool operator==(const Handle&) const = default;
    [[nodiscard]] std::uint64_t bits() const { return std::uint64_t{generation} << 32 | index; }
    [[nodiscard]] static Handle from_bits(std::uint64_t bits)
    {
        return {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
    }
};

/// A table of things found by handle in constant time; freed places are used again. References stay good only until
/// the next insert.
/// Thread: shard
template <class T>
class Slots {
  public:
    template <class... Args>
    Handle insert(Args&&... args)
    {
        std::uint32_t index;
        if (free_.empty()) {
            index = static_cast<std::uint32_t>(slots_.size());
            slots_.emplace_back();
        } else {
            index = free_.back();
            free_.pop_back();
        }
        Slot& slot = slots_[index];
        slot.value = T(std::forward<Args>(args)...);
        ++slot.generation; // odd while in use
        return {index, slot.generation};
    }

    [[nodiscard]] T* find(Handle handle)
    {
        if (handle.index >= slots_.size() || slots_[handle.index].generation != handle.generation ||
            handle.generation % 2 == 0) {
            return nullptr;
        }
        return &slots_[handle.index].value;
    }
    [[nodiscard]] const T* find(Handle handle) const { return const_cast<Slots*>(this)->find(handle); }

    bool erase(Handle handle)
    {
        if (find(handle) == nullptr) {
            return false;
        }
        slots_[handle.index].value = T{};
        ++slots_[handle.index].generation;
        free_.push_back(handle.index);
        return true;
    }

    [[nodiscard]] std::size_t size() const { return slots_.size() - free_.size(); }

    /// Calls f(handle, thing) for each thing, in index order. f must not insert or erase.
    template <class F>
    void each(F&& f)
    {
        for (std::uint32_t i = 0; i < slots_.size(); ++i) {
            if (slots_[i].generation % 2 == 1) {
                f(Handle{i, slots_[i].generation}, slots_[i].value);
            }
        }
    }

  private:
    struct Slot {
        T value{};
        std::uint32_t generation = 0;
    };
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
};

} // namespace iochron::base
