#pragma once

#include "db/filter_pass.h"
#include "db/filter_text.h"

#include <map>
#include <memory>

namespace iochron::db {

/// Flags of the database by name: dbState of EPICS base. One that was made stays, at its place.
using States = std::map<std::string, bool, std::less<>>;

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

/// The filter ts with settings: the time in place of the value.
struct StampValue {
    enum class Form : std::uint8_t { number, seconds, nanoseconds, both, text, iso };

    Form form = Form::number;
    bool posix = false; ///< seconds count from 1970, not from 1990

    [[nodiscard]] pv::ScalarType type() const;
    [[nodiscard]] pv::Value of(base::Stamp stamp) const;
};

using ShapeFilter = std::variant<Elements, StampValue>;

/// The filters of a channel. As in EPICS base, those that let updates pass or not come before those that change what
/// the value is, each kind in the order of the name.
/// Thread: shard
struct Filters {
    std::vector<PassFilter> passing; ///< as a new subscription has them
    std::vector<ShapeFilter> shaping;
    pv::MetaRef before; ///< that `after` was made of
    pv::MetaRef after;

    /// The Meta as the filters leave it.
    [[nodiscard]] pv::Meta change(const pv::Meta& meta) const;
    /// What the shaping filters make of the sample's value; the sample's Meta is what it had before.
    void shape(pv::Sample& sample) const;
    /// What a client reads: nothing is held back from it.
    void read(pv::Sample& sample, base::Stamp now) const;
};

/// Builds what the text of a name asks for, null for none; refuses with words what is not known or wrongly set, and
/// states that do not exist.
[[nodiscard]] std::expected<std::unique_ptr<Filters>, std::string> make_filters(std::string_view text,
                                                                                const States& states);

} // namespace iochron::db
