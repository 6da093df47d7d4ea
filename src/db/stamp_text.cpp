#include "db/stamp_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace iochron::db {

namespace {

constexpr std::size_t room = 40; ///< of a text, with its NUL
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

/// Appends what strftime makes of the part of a format, or nothing where that does not fit in.
void append(std::string& out, const std::string& part, const std::tm& local)
{
    std::array<char, room> text{};
    out.append(text.data(), std::strftime(text.data(), room - out.size(), part.c_str(), &local));
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
    std::string out;
    std::size_t from = 0;
    for (std::size_t at = format.find('%'); at != std::string::npos && at + 1 < format.size();
         at = format.find('%', at)) {
        const auto [width, end] = fraction_at(format, at);
        if (width == 0) {
            at += 2;
            continue;
        }
        append(out, format.substr(from, at - from), local);
        from = at = end;
        if (out.size() + width + 1 >= room) {
            return out + std::string(room - 1 - out.size(), '*');
        }
        out += fraction(ns, width);
    }
    append(out, format.substr(from), local);
    return out;
}

} // namespace iochron::db
