#pragma once

#include "db/filter_text.h"
#include "pv/sample.h"

#include <memory>

namespace iochron::db {

/// The filter arr: elements from `start` to `end`, each `step`-th. Below 0 they count from the end of the present
/// elements.
struct Elements {
    std::int64_t start = 0;
    std::int64_t step = 1;
    std::int64_t end = -1;

    /// How many are left of `count`.
    [[nodiscard]] std::size_t left(std::size_t count) const;
    /// A fresh array of what is left of that one.
    [[nodiscard]] pv::Value of(const pv::Value& array) const;
};

/// The filters of a channel, in the order of its name.
/// Thread: shard
struct Filters {
    std::vector<Elements> chain;
    pv::MetaRef before; ///< that `after` was made of
    pv::MetaRef after;

    /// The Meta as the filters leave it.
    [[nodiscard]] pv::Meta change(const pv::Meta& meta) const;
    /// The value as the filters leave it; `meta` is what it had before.
    [[nodiscard]] pv::Value change(const pv::Value& value, const pv::Meta& meta) const;
};

/// Builds what the text of a name asks for; refuses with words what is not known, not supported, or wrongly set.
[[nodiscard]] std::expected<std::unique_ptr<Filters>, std::string> make_filters(std::string_view text);

} // namespace iochron::db
