#include "client/variables.h"

#include "base/endpoint.h"
#include "base/read_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace iochron::client {

double Variables::number(std::string_view name, double otherwise, double least, double most)
{
    const std::string value = text(name);
    if (value.empty()) {
        return otherwise;
    }
    const auto read = base::read_number<double>(value);
    if (!read || !std::isfinite(*read)) {
        warn(name, value, "is not a number", otherwise);
        return otherwise;
    }
    const double number = *read;
    if (number < least || number > most) {
        const double taken = most == 65'535 ? otherwise : std::clamp(number, least, most);
        warn(name, value, fmt::format("is not between {} and {}", least, most), taken);
        return taken;
    }
    return number;
}

std::uint16_t Variables::port(std::string_view name, std::uint16_t otherwise)
{
    return static_cast<std::uint16_t>(number(name, otherwise, 5'001, 65'535));
}

std::vector<Host> Variables::hosts(std::string_view name, std::uint16_t default_port)
{
    std::vector<Host> found;
    const std::string value = text(name);
    std::string_view rest = value;
    constexpr std::string_view blanks = " \t\r\n";
    for (;;) {
        rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
        if (rest.empty()) {
            return found;
        }
        const std::string_view entry = rest.substr(0, rest.find_first_of(blanks));
        rest.remove_prefix(entry.size());
        if (const auto parts = base::split_host_port(entry, default_port); parts && parts->port != 0) {
            add(name, found, {std::string(parts->host), parts->port});
        } else {
            warnings_.push_back(fmt::format("{}: \"{}\" is not host or host:port; left out", name, entry));
        }
    }
}

void Variables::warn(std::string_view name, std::string_view value, std::string_view why, double taken)
{
    warnings_.push_back(fmt::format("{}=\"{}\" {}; {} is used", name, value, why, taken));
}

void Variables::add(std::string_view name, std::vector<Host>& found, Host host)
{
    if (std::find(found.begin(), found.end(), host) == found.end()) {
        found.push_back(std::move(host));
    } else {
        warnings_.push_back(fmt::format("{}: {}:{} is there twice", name, host.name, host.port));
    }
}

} // namespace iochron::client
