#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace iochron::client {

/// A table of things found by the 32-bit numbers that messages carry: the low bits are the place, which is found
/// without search, the rest counts how often the place was used, so that a late message for what is gone finds
/// nothing. A place rests before it is used again; so an id comes back only after 65,000 others at the earliest.
///
/// T has a member `std::uint32_t id`, which the table sets; 0 marks a free place. References are good until the next
/// insert.
/// Thread: shard
template <class T>
class IdTable {
  public:
    static constexpr std::uint32_t place_bits = 22;
    static constexpr std::size_t most = std::size_t{1} << place_bits;

    [[nodiscard]] static constexpr std::uint32_t place(std::uint32_t id) { return id & (most - 1); }

    /// The id of a new thing, or 0 when the table is full.
    std::uint32_t insert()
    {
        std::uint32_t at;
        if (resting_.size() > rest || (things_.size() == most && !resting_.empty())) {
            at = resting_.front().place;
            things_[at].id = resting_.front().next_id;
            resting_.pop_front();
        } else if (things_.size() < most) {
            at = static_cast<std::uint32_t>(things_.size());
            things_.emplace_back().id = at | 1u << place_bits;
        } else {
            return 0;
        }
        return things_[at].id;
    }

    // hot: a bound, a load and a compare.
    [[nodiscard]] T* find(std::uint32_t id)
    {
        T* const thing = at_place(id);
        return thing != nullptr && thing->id == id && id != 0 ? thing : nullptr;
    }
    [[nodiscard]] const T* find(std::uint32_t id) const { return const_cast<IdTable*>(this)->find(id); }
    /// What lies at the id's place, whatever its id; null where there is no such place.
    [[nodiscard]] T* at_place(std::uint32_t id) { return place(id) < things_.size() ? &things_[place(id)] : nullptr; }
    /// A thing that is known to be there.
    [[nodiscard]] T& get(std::uint32_t id)
    {
        assert(find(id) != nullptr);
        return things_[place(id)];
    }

    [[nodiscard]] const T& get(std::uint32_t id) const { return const_cast<IdTable*>(this)->get(id); }

    void erase(std::uint32_t id)
    {
        T* const thing = find(id);
        assert(thing != nullptr);
        *thing = T{};
        std::uint32_t next = id + static_cast<std::uint32_t>(most); // wraps
        if (next < most) {
            next += static_cast<std::uint32_t>(most); // 0 is never an id
        }
        resting_.push_back({place(id), next});
    }

    [[nodiscard]] std::size_t size() const { return things_.size() - resting_.size(); }

    /// Calls f(thing) for each. f must not insert or erase.
    template <class F>
    void each(F&& f)
    {
        for (T& thing : things_) {
            if (thing.id != 0) {
                f(thing);
            }
        }
    }

  private:
    static constexpr std::size_t rest = 64;
    struct Resting {
        std::uint32_t place;
        std::uint32_t next_id;
    };
    std::vector<T> things_;
    std::deque<Resting> resting_;
};

} // namespace iochron::client
