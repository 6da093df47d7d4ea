#pragma once

#include "db/shared.h"

#include <atomic>
#include <memory>
#include <vector>

namespace iochron::db {

/// A Shared<T> for every settings struct that some record type has.
/// Thread: shard
class Pools {
  public:
    template <class T>
    [[nodiscard]] Shared<T>& of()
    {
        static const std::size_t index = next_index();
        if (pools_.size() <= index) {
            pools_.resize(index + 1);
        }
        if (!pools_[index]) {
            pools_[index] = std::make_shared<Shared<T>>();
        }
        return *static_cast<Shared<T>*>(pools_[index].get());
    }
    /// Replaces the settings that `pointer` points to by such as `change` makes of a copy.
    template <class T, class F>
    void change(const T*& pointer, F&& change)
    {
        T copy = *pointer;
        change(copy);
        const T* const fresh = of<T>().take(copy);
        of<T>().release(pointer);
        pointer = fresh;
    }

  private:
    static std::size_t next_index()
    {
        static std::atomic<std::size_t> count{0};
        return count.fetch_add(1);
    }

    std::vector<std::shared_ptr<void>> pools_;
};

} // namespace iochron::db
