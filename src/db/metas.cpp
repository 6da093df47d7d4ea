#include "db/metas.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace iochron::db {

namespace {

void mix(std::size_t& hash, std::size_t more)
{
    hash = (hash ^ more) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 29;
}

bool same_number(double a, double b)
{
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool same_range(const pv::Range& a, const pv::Range& b)
{
    return same_number(a.low, b.low) && same_number(a.high, b.high);
}

} // namespace

std::size_t Metas::Hash::operator()(const pv::Meta& meta) const
{
    const std::hash<std::string> text;
    std::size_t hash = text(meta.description);
    mix(hash, text(meta.units));
    mix(hash, text(meta.record_type));
    mix(hash, static_cast<std::size_t>(meta.type) << 32 | meta.max_count);
    mix(hash, static_cast<std::size_t>(meta.precision));
    for (const double number : {meta.display.low, meta.display.high, meta.hihi, meta.lolo, meta.high, meta.low}) {
        mix(hash, std::bit_cast<std::uint64_t>(number));
    }
    return hash;
}

bool Metas::Equal::same(const pv::Meta& a, const pv::Meta& b)
{
    return a.type == b.type && a.is_array == b.is_array && a.max_count == b.max_count && a.precision == b.precision &&
           a.lacks_precision == b.lacks_precision && a.no_choice == b.no_choice && a.text == b.text &&
           a.form == b.form && a.characters_are_text == b.characters_are_text &&
           a.lacks_alarm_limits == b.lacks_alarm_limits && a.time_tag_bits == b.time_tag_bits && a.units == b.units &&
           a.description == b.description && a.record_type == b.record_type && same_range(a.display, b.display) &&
           same_range(a.control, b.control) && same_number(a.hihi, b.hihi) && same_number(a.high, b.high) &&
           same_number(a.low, b.low) && same_number(a.lolo, b.lolo) && a.hihi_severity == b.hihi_severity &&
           a.high_severity == b.high_severity && a.low_severity == b.low_severity &&
           a.lolo_severity == b.lolo_severity && same_number(a.hysteresis, b.hysteresis) && a.choices == b.choices;
}

const pv::MetaRef& Metas::take(pv::Meta&& meta)
{
    const auto found = all_.find(meta);
    return found != all_.end() ? *found : *all_.insert(std::make_shared<const pv::Meta>(std::move(meta))).first;
}

const pv::MetaRef& Metas::owner(const pv::Meta* meta) const
{
    const auto found = all_.find(*meta);
    assert(found != all_.end());
    return *found;
}

void Metas::sweep(const std::unordered_set<const pv::Meta*>& used)
{
    std::erase_if(all_, [&](const pv::MetaRef& meta) { return meta.use_count() == 1 && !used.contains(meta.get()); });
    sweep_at_ = std::max<std::size_t>(1024, all_.size() * 2);
}

} // namespace iochron::db
