#include "wire/ca/dbr.h"

#include <algorithm>
#include <cctype>

namespace iochron::wire::ca {

namespace {
constexpr std::array<std::string_view, dbr_count> names = {
    "DBR_STRING",     "DBR_SHORT",         "DBR_FLOAT",       "DBR_ENUM",       "DBR_CHAR",        "DBR_LONG",
    "DBR_DOUBLE",     "DBR_STS_STRING",    "DBR_STS_SHORT",   "DBR_STS_FLOAT",  "DBR_STS_ENUM",    "DBR_STS_CHAR",
    "DBR_STS_LONG",   "DBR_STS_DOUBLE",    "DBR_TIME_STRING", "DBR_TIME_SHORT", "DBR_TIME_FLOAT",  "DBR_TIME_ENUM",
    "DBR_TIME_CHAR",  "DBR_TIME_LONG",     "DBR_TIME_DOUBLE", "DBR_GR_STRING",  "DBR_GR_SHORT",    "DBR_GR_FLOAT",
    "DBR_GR_ENUM",    "DBR_GR_CHAR",       "DBR_GR_LONG",     "DBR_GR_DOUBLE",  "DBR_CTRL_STRING", "DBR_CTRL_SHORT",
    "DBR_CTRL_FLOAT", "DBR_CTRL_ENUM",     "DBR_CTRL_CHAR",   "DBR_CTRL_LONG",  "DBR_CTRL_DOUBLE", "DBR_PUT_ACKT",
    "DBR_PUT_ACKS",   "DBR_STSACK_STRING", "DBR_CLASS_NAME"};
} // namespace

std::optional<Dbr> dbr_of(pv::ScalarType type)
{
    using enum pv::ScalarType;
    switch (type) {
    case boolean:
    case int8:
    case uint8:
        return Dbr::char_;
    case int16:
        return Dbr::short_;
    case uint16:
    case int32:
        return Dbr::long_;
    case uint32:
    case int64:
    case uint64:
    case float64:
        return Dbr::double_;
    case float32:
        return Dbr::float_;
    case string:
        return Dbr::string;
    case enumeration:
        return Dbr::enum_;
    case none:
    case structure:
        break;
    }
    return std::nullopt;
}

std::string_view to_string(Dbr type)
{
    return is_valid(type) ? names[static_cast<std::uint16_t>(type)] : std::string_view{};
}

std::optional<Dbr> dbr_from_name(std::string_view name)
{
    const auto same = [](std::string_view a, std::string_view b) {
        return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::toupper(x) == y; });
    };
    constexpr std::string_view prefix = "DBR_";
    if (name.size() > prefix.size() && same(name.substr(0, prefix.size()), prefix)) {
        name.remove_prefix(prefix.size());
    }
    for (std::uint16_t i = 0; i < dbr_count; ++i) {
        const std::string_view full = names[i].substr(prefix.size());
        if (same(name, full)) {
            return static_cast<Dbr>(i);
        }
        constexpr std::string_view is_short = "SHORT";
        constexpr std::string_view is_int = "INT";
        if (full.ends_with(is_short) && name.size() >= is_int.size() &&
            same(name.substr(0, name.size() - is_int.size()), full.substr(0, full.size() - is_short.size())) &&
            same(name.substr(name.size() - is_int.size()), is_int)) {
            return static_cast<Dbr>(i);
        }
    }
    return std::nullopt;
}

} // namespace iochron::wire::ca
