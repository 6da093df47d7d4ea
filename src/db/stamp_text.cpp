#include "db/stamp_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace iochron::db {

namespace {

constexpr std::size_t most_bytes = 39;
constexpr std::int64_t second = 1'000'000'000;

/// The fraction of a second with that many digits.
std::string fraction(std::int64_t ns, std::size_t digits)
{
    std::int64_t unit = 1;
    for (std::size_t i = digits; i < 9; ++i) {
        unit *= 10;
    }
    return fmt::format("{:0{}}", std::min(ns + unit / 2, second - 1) / unit, digits);
}

/// The width of a "%6f" or "%f" at this '%', and where it ends; width 0 where it is something else.
std::pair<std::size_t, std::size_t> fraction_at(const std::string& format, std::size_t percent)
{
    std::size_t width = 0;
    const char* const begin = format.data() + percent + 1;
    const char* const end = format.data() + format.size();
    const auto [rest, error] = std::from_chars(begin, end, width);
    if (rest == end || *rest != 'f' || (rest != begin && (error != std::errc() || width == 0))) {
        return {0, percent};
    }
    return {rest == begin ? 9 : std::min<std::size_t>(width, 9), static_cast<std::size_t>(rest - format.data()) + 1};
}

/// The format with the fractions filled in, for strftime.
std::string with_fractions(const std::string& format, std::int64_t ns)
{
    std::string out;
    for (std::size_t at = 0; at < format.size();) {
        if (format[at] == '%') {
            const auto [width, end] = fraction_at(format, at);
            if (width != 0) {
                out += fraction(ns, width);
                at = end;
                continue;
            }
            out += format[at++];
            if (at == format.size()) {
                break;
            }
        }
        out += format[at++];
    }
    return out;
}

} // namespace

std::string stamp_text(base::Stamp stamp, const std::string& format)
{
    if (stamp == base::undefined_stamp) {
        return "<undefined>";
    }
    const std::int64_t ns = ((stamp.ns % second) + second) % second;
    const auto seconds = static_cast<std::time_t>((stamp.ns - ns) / second);
    std::tm local{};
    localtime_r(&seconds, &local);
    std::array<char, 512> text{};
    const std::string whole = with_fractions(format, ns);
    const std::size_t size = std::strftime(text.data(), text.size(), whole.c_str(), &local);
    return {text.data(), std::min(size, most_bytes)};
}

} // namespace iochron::db
