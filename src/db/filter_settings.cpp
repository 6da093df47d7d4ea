#include "db/filter_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>

namespace iochron::db {

namespace {

/// What C reads at the start of the text; what follows is ignored, as in base.
template <class Read>
std::optional<double> number_at_start(const std::string& text, Read read)
{
    char* end = nullptr;
    errno = 0;
    const auto number = read(text.c_str(), &end);
    return end == text.c_str() || errno == ERANGE ? std::nullopt : std::optional(static_cast<double>(number));
}

} // namespace

void FilterSettings::fail(std::string_view what) const
{
    throw Wrong{fmt::format("the filter {} {}", spec_.name, what)};
}

void FilterSettings::refuse(const FilterSetting& setting, std::string_view wanted) const
{
    throw Wrong{fmt::format("'{}' of the filter {} wants {}", setting.key, spec_.name, wanted)};
}

std::size_t FilterSettings::place(std::string_view key, std::span<const std::string_view> names) const
{
    const auto found = std::ranges::find_if(names, [&](std::string_view name) { return name.starts_with(key); });
    if (found == names.end()) {
        fail(fmt::format("has {}, not '{}'", fmt::join(names, ", "), key));
    }
    return static_cast<std::size_t>(found - names.begin());
}

std::int32_t FilterSettings::integer(const FilterSetting& setting) const
{
    if (!std::holds_alternative<std::int64_t>(setting.value)) {
        refuse(setting, "an integer");
    }
    return whole(setting);
}

std::int32_t FilterSettings::whole(const FilterSetting& setting) const
{
    std::optional<double> number;
    if (const auto* const text = std::get_if<std::string>(&setting.value)) {
        number = number_at_start(*text, [](const char* from, char** end) { return std::strtoll(from, end, 0); });
    } else {
        number = real(setting);
    }
    using Limits = std::numeric_limits<std::int32_t>;
    if (!number || !(*number >= Limits::min() && *number <= Limits::max())) {
        refuse(setting, "a 32-bit integer");
    }
    return static_cast<std::int32_t>(*number);
}

double FilterSettings::real(const FilterSetting& setting) const
{
    if (const auto* const text = std::get_if<std::string>(&setting.value)) {
        const auto number = number_at_start(*text, [](const char* from, char** end) { return std::strtod(from, end); });
        if (!number) {
            refuse(setting, "a number");
        }
        return *number;
    }
    if (const auto* const whole = std::get_if<std::int64_t>(&setting.value)) {
        using Limits = std::numeric_limits<std::int32_t>;
        if (*whole < Limits::min() || *whole > Limits::max()) {
            refuse(setting, "an integer of 32 bits, or a number with a point");
        }
        return static_cast<double>(*whole);
    }
    if (const auto* const flag = std::get_if<bool>(&setting.value)) {
        return *flag ? 1 : 0;
    }
    return std::get<double>(setting.value);
}

const std::string& FilterSettings::text(const FilterSetting& setting) const
{
    if (!std::holds_alternative<std::string>(setting.value)) {
        refuse(setting, "a text");
    }
    return std::get<std::string>(setting.value);
}

int FilterSettings::choice(const FilterSetting& setting, std::span<const SettingChoice> choices, bool numbers) const
{
    const auto* const word = std::get_if<std::string>(&setting.value);
    const auto* const number = std::get_if<std::int64_t>(&setting.value);
    for (const SettingChoice& choice : choices) {
        if (word != nullptr ? choice.name.starts_with(*word)
                            : numbers && number != nullptr && *number == choice.value) {
            return choice.value;
        }
    }
    std::vector<std::string_view> names;
    std::ranges::transform(choices, std::back_inserter(names), &SettingChoice::name);
    refuse(setting, fmt::format("one of {}", fmt::join(names, ", ")));
}

} // namespace iochron::db
