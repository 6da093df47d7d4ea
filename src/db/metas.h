#pragma once

#include "pv/meta.h"

#include <cstddef>
#include <functional>
#include <unordered_set>

namespace iochron::db {

/// Every Meta that is in use, equal ones once. They live as long as this does, or until sweep() finds them unused.
/// Thread: shard
class Metas {
  public:
    [[nodiscard]] const pv::MetaRef& take(pv::Meta&& meta);
    /// The owner of a Meta that take() gave.
    [[nodiscard]] const pv::MetaRef& owner(const pv::Meta* meta) const;
    [[nodiscard]] bool wants_sweep() const { return all_.size() >= sweep_at_; }
    /// Forgets those that nobody outside holds and `used` does not name.
    void sweep(const std::unordered_set<const pv::Meta*>& used);
    [[nodiscard]] std::size_t size() const { return all_.size(); }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const pv::Meta& meta) const;
        std::size_t operator()(const pv::MetaRef& meta) const { return (*this)(*meta); }
    };
    struct Equal {
        using is_transparent = void;
        static const pv::Meta& get(const pv::Meta& meta) { return meta; }
        static const pv::Meta& get(const pv::MetaRef& meta) { return *meta; }
        static bool same(const pv::Meta& a, const pv::Meta& b);
        template <class A, class B>
        bool operator()(const A& a, const B& b) const
        {
            return same(get(a), get(b));
        }
    };

    std::unordered_set<pv::MetaRef, Hash, Equal> all_;
    std::size_t sweep_at_ = 1024;
};

} // namespace iochron::db
