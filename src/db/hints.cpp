#include "db/hints.h"

#include "base/nearest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace iochron::db {

std::expected<pv::DisplayForm, std::string> parse_form(std::string_view text)
{
    const auto found = std::ranges::find(pv::display_form_names, text);
    if (found == pv::display_form_names.end()) {
        return std::unexpected(fmt::format("{} is one of {}, not \"{}\"{}", form_item,
                                           fmt::join(pv::display_form_names, ", "), text,
                                           base::did_you_mean(text, pv::display_form_names)));
    }
    return static_cast<pv::DisplayForm>(found - pv::display_form_names.begin());
}

std::expected<std::uint8_t, std::string> parse_time_tag(std::string_view text)
{
    constexpr std::string_view prefix = "nsec:lsb:";
    constexpr std::uint8_t most = 32; // the bits of pvAccess' userTag
    std::uint8_t bits = 0;
    const char* const end = text.data() + text.size();
    const bool known = text.starts_with(prefix);
    const auto [at, wrong] = known ? std::from_chars(text.data() + prefix.size(), end, bits)
                                   : std::from_chars_result{text.data(), std::errc::invalid_argument};
    if (wrong != std::errc() || at != end || bits > most) {
        return std::unexpected(
            fmt::format("{} is \"{}N\" with N from 0 to {}, not \"{}\"", time_tag_item, prefix, most, text));
    }
    return bits;
}

} // namespace iochron::db
