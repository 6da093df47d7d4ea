#include "db/scan.h"

#include "db/menu.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace iochron::db {

namespace {

/// Seconds of a unit; 0 where there is no such unit. "hz" is told apart by the caller.
double seconds_of(std::string_view unit)
{
    struct Unit {
        std::string_view name;
        double seconds;
    };
    static constexpr Unit units[] = {
        {"second", 1},   {"seconds", 1},  {"sec", 1},   {"s", 1},
        {"minute", 60},  {"minutes", 60}, {"min", 60},  {"hour", 3600},
        {"hours", 3600}, {"h", 3600},     {"ms", 1e-3}, {"millisecond", 1e-3},
        {"us", 1e-6},    {"hz", 1},       {"hertz", 1}, {"milliseconds", 1e-3},
    };
    const auto found = std::ranges::find(units, unit, &Unit::name);
    return found == std::end(units) ? 0 : found->seconds;
}

constexpr std::string_view period_wanted =
    "expected Passive, Event, I/O Intr or a period such as '.5 second', '20 ms' or "
    "'100 Hz'";

} // namespace

std::expected<base::Duration, std::string> parse_period(std::string_view choice)
{
    double number = 0;
    const char* const end = choice.data() + choice.size();
    const auto [at, fault] = std::from_chars(choice.data(), end, number);
    std::string unit;
    for (const char* c = at; c != end; ++c) {
        if (std::isspace(static_cast<unsigned char>(*c)) == 0) {
            unit += static_cast<char>(std::tolower(static_cast<unsigned char>(*c)));
        }
    }
    const double factor = seconds_of(unit);
    if (fault != std::errc{} || factor == 0) {
        return std::unexpected(std::string(period_wanted));
    }
    const double seconds = unit == "hz" || unit == "hertz" ? 1 / number : number * factor;
    if (!(seconds >= 10e-6 && seconds <= 86'400.0 * 366)) {
        return std::unexpected("a scan period must be from 10 us to a year");
    }
    return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
}

void RunList::add(RecordId record, std::int16_t phase)
{
    auto at = std::ranges::lower_bound(phases_, phase, {}, &Phase::phase);
    if (at == phases_.end() || at->phase != phase) {
        at = phases_.insert(at, {phase, at == phases_.begin() ? 0 : std::prev(at)->end});
    }
    const std::size_t position = at->end;
    records_.insert(records_.begin() + static_cast<std::ptrdiff_t>(position), record);
    for (; at != phases_.end(); ++at) {
        ++at->end;
    }
    at_ += position < at_ ? 1 : 0;
}

void RunList::remove(RecordId record)
{
    const auto found = std::ranges::find(records_, record);
    if (found == records_.end()) {
        return;
    }
    const auto position = static_cast<std::size_t>(found - records_.begin());
    records_.erase(found);
    for (Phase& phase : phases_) {
        phase.end -= phase.end > position ? 1 : 0;
    }
    at_ -= position < at_ ? 1 : 0;
}

Scans::Scans(base::Counter& late, base::Counter& skipped)
    : late_(late), skipped_(skipped), choices_(menu_scan.choices.begin(), menu_scan.choices.end())
{
    lists_.reserve(UINT8_MAX); // so that a list never moves while its pass is under way
    for (std::size_t i = first_period; i < choices_.size(); ++i) {
        lists_.push_back({.choice = std::string(choices_[i]), .period = *parse_period(choices_[i]), .list = {}});
    }
}

std::expected<std::uint8_t, std::string> Scans::index(std::string_view choice)
{
    if (const auto known = index_of(choices_, choice)) {
        return static_cast<std::uint8_t>(*known);
    }
    unsigned number = 0;
    const auto [at, fault] = std::from_chars(choice.data(), choice.data() + choice.size(), number);
    if (fault == std::errc{} && at == choice.data() + choice.size() && number < choices_.size()) {
        return static_cast<std::uint8_t>(number);
    }
    const auto period = parse_period(choice);
    if (!period) {
        return std::unexpected(period.error());
    }
    if (choices_.size() == UINT8_MAX) {
        return std::unexpected("there are 255 scan periods already");
    }
    names_.push_back(std::make_unique<std::string>(choice));
    choices_.push_back(*names_.back());
    lists_.push_back({.choice = std::string(choice), .period = *period, .list = {}, .due = grid_});
    return static_cast<std::uint8_t>(choices_.size() - 1);
}

void Scans::add(std::uint8_t scan, RecordId record, std::int16_t phase, base::Steady now)
{
    ScanList& list = (*this)[scan];
    if (list.list.size() == 0 && !list.running && grid_ != base::never) {
        list.due += (now - list.due + list.period - base::Duration{1}) / list.period * list.period;
        list.passes = 0;
    }
    list.list.add(record, phase);
}

void Scans::start(base::Steady now)
{
    grid_ = now;
    for (ScanList& list : lists_) {
        list.due = now;
    }
}

void Scans::begin(ScanList& list, base::Steady now)
{
    const auto missed = (now - list.due) / list.period;
    if (missed > 0) {
        list.due += missed * list.period;
        if (list.passes > 0) { // until the first pass there is nothing to be late for
            list.skipped += static_cast<std::uint64_t>(missed);
            skipped_.add(static_cast<std::uint64_t>(missed));
        }
    }
    if (list.passes > 0 && now - list.due > list.period / 10) {
        ++list.late;
        late_.add();
    }
    ++list.passes;
    list.running = true;
    list.list.start();
}

ScanList* Scans::next(base::Steady now)
{
    ScanList* best = nullptr;
    for (ScanList& list : lists_) {
        if (list.list.size() == 0 && !list.running) {
            continue;
        }
        if (list.due <= now && (best == nullptr || list.due + list.period < best->due + best->period)) {
            best = &list;
        }
    }
    if (best != nullptr && !best->running) {
        begin(*best, now);
    }
    return best;
}

void Scans::end(ScanList& list)
{
    list.running = false;
    list.due += list.period;
}

base::Steady Scans::deadline() const
{
    base::Steady first = base::never;
    for (const ScanList& list : lists_) {
        if (list.list.size() != 0 || list.running) {
            first = std::min(first, list.due);
        }
    }
    return first;
}

std::size_t Scans::memory_bytes() const
{
    std::size_t bytes = 0;
    for (const ScanList& list : lists_) {
        bytes += list.list.memory_bytes();
    }
    return bytes;
}

} // namespace iochron::db
