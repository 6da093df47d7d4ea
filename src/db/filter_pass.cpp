#include "db/filter_pass.h"

#include "db/deadband.h"

#include <algorithm>

namespace iochron::db {

namespace {

constexpr pv::Mask of_value = pv::Mask::value | pv::Mask::log;
constexpr pv::Mask of_others = pv::Mask::alarm | pv::Mask::property;

} // namespace

bool Deadband::pass(const pv::Sample& sample)
{
    if (sample.value.is_array() || sample.value.is_text()) {
        return true;
    }
    const double now = sample.value.as_double();
    const bool exceeded = exceeds_deadband(last, now, size) && any(sample.mask & of_value);
    const bool passes = exceeded || any(sample.mask & of_others);
    if (passes && relative) {
        size = now * given / 100;
    }
    return passes;
}

bool Decimation::pass(const pv::Sample& sample)
{
    if (any(sample.mask & pv::Mask::property)) {
        return true;
    }
    const bool passes = at == 0;
    at = at + 1 >= each ? 0 : at + 1;
    return passes;
}

bool TagMatch::pass(const pv::Sample& sample)
{
    if (any(sample.mask & pv::Mask::property)) {
        return true;
    }
    return std::exchange(first, false) || (sample.user_tag & mask) == value;
}

bool Synchronization::pass(pv::Sample& sample)
{
    if (any(sample.mask & pv::Mask::property)) {
        return true;
    }
    if (mode == Mode::while_set || mode == Mode::unless_set) {
        return *state == (mode == Mode::while_set);
    }
    const bool was = std::exchange(was_set, *state);
    const bool rising = mode == Mode::before || mode == Mode::first;
    const bool changed = was != *state && *state == rising;
    return mode == Mode::first || mode == Mode::after ? changed : exchange(sample, changed);
}

/// Keeps this update; where one is to pass, it is the one that was kept.
bool Synchronization::exchange(pv::Sample& sample, bool passes)
{
    pv::Sample fresh = sample;
    std::string message = sample.message == nullptr ? std::string() : *sample.message;
    passes = passes && holds;
    if (passes) {
        const pv::Meta* const meta = sample.meta; // properties are those of now
        sample = std::move(held);
        sample.meta = meta;
        passed_message.swap(held_message);
        sample.message = passed_message.empty() ? nullptr : &passed_message;
    }
    held = std::move(fresh);
    held_message = std::move(message);
    holds = true;
    return passes;
}

bool pass(std::vector<PassFilter>& filters, pv::Sample& sample, base::Stamp now)
{
    return std::ranges::all_of(filters, [&](PassFilter& filter) {
        if (std::holds_alternative<StampNow>(filter)) {
            sample.time = now;
            return true;
        }
        return std::visit(
            [&](auto& one) {
                if constexpr (requires { one.pass(sample); }) {
                    return one.pass(sample);
                } else {
                    return true;
                }
            },
            filter);
    });
}

} // namespace iochron::db
