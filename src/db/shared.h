#pragma once

#include <cstddef>
#include <cstring>
#include <functional>
#include <string_view>
#include <type_traits>
#include <unordered_set>

namespace iochron::db {

/// Settings that many records have in common: equal ones are one object, which lives as long as a record points to it.
/// T is compared byte by byte, so it must have no padding and be zero where it is not set (NaN equals NaN then).
/// Thread: shard
template <class T>
class Shared {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    Shared() = default;
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared()
    {
        for (const T* settings : all_) {
            delete entry(settings);
        }
    }

    /// The object that equals `settings`; the caller owns it once more.
    [[nodiscard]] const T* take(const T& settings)
    {
        auto found = all_.find(&settings);
        if (found == all_.end()) {
            found = all_.insert(&(new Entry{settings, 0})->settings).first;
        }
        ++entry(*found)->owners;
        return *found;
    }
    void release(const T* settings)
    {
        if (--entry(settings)->owners == 0) {
            all_.erase(settings);
            delete entry(settings);
        }
    }
    [[nodiscard]] std::size_t size() const { return all_.size(); }

  private:
    struct Entry {
        T settings;
        std::size_t owners;
    };
    static_assert(offsetof(Entry, settings) == 0);
    static Entry* entry(const T* settings) { return reinterpret_cast<Entry*>(const_cast<T*>(settings)); }

    struct Hash {
        std::size_t operator()(const T* s) const
        {
            return std::hash<std::string_view>{}({reinterpret_cast<const char*>(s), sizeof(T)});
        }
    };
    struct Equal {
        bool operator()(const T* a, const T* b) const { return std::memcmp(a, b, sizeof(T)) == 0; }
    };
    std::unordered_set<const T*, Hash, Equal> all_;
};

} // namespace iochron::db
