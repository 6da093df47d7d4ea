#pragma once

#include "pv/sample.h"

#include <cmath>
#include <string>
#include <variant>
#include <vector>

namespace iochron::db {

/// The filters that let an update pass or not, each with what it remembers: a subscription has copies of its own. They
/// look at `mask`, why the update was posted, as the subscription hears it.

/// dbnd: passes numbers that differ by more than a size from the last that passed, and whatever is posted for another
/// reason than its value. A relative size is in percent of the last number that passed.
struct Deadband {
    double given = 0;
    bool relative = false;
    double size = 0; ///< at present
    double last = std::nan("");

    [[nodiscard]] bool pass(const pv::Sample& sample);
};

/// dec: passes the first of each `each` updates.
struct Decimation {
    std::int32_t each = 1;
    std::int32_t at = 0;

    [[nodiscard]] bool pass(const pv::Sample& sample);
};

/// utag: passes the first update, and those whose user tag has this value in the bits of the mask.
struct TagMatch {
    std::uint64_t mask = ~std::uint64_t{0};
    std::uint64_t value = 0;
    bool first = true;

    [[nodiscard]] bool pass(const pv::Sample& sample);
};

/// sync: passes updates by a flag of the database (dbState). `before` and `last` pass the update before the one that
/// finds the flag changed.
struct Synchronization {
    enum class Mode : std::uint8_t { before, first, last, after, while_set, unless_set };

    Mode mode = Mode::before;
    const bool* state = nullptr;
    bool was_set = false;
    bool holds = false;
    pv::Sample held{};
    std::string held_message{};   ///< AMSG of what is held
    std::string passed_message{}; ///< borrowed by what passed last

    [[nodiscard]] bool pass(pv::Sample& sample);

  private:
    [[nodiscard]] bool exchange(pv::Sample& sample, bool passes);
};

/// ts without settings: the time is that of the update itself rather than the record's.
struct StampNow {};

using PassFilter = std::variant<Deadband, Decimation, TagMatch, Synchronization, StampNow>;

/// Runs an update through the filters of a subscription, which may change it. False: it goes no further.
[[nodiscard]] bool pass(std::vector<PassFilter>& filters, pv::Sample& sample, base::Stamp now);

} // namespace iochron::db
