#include "client/ca/settings.h"

#include "base/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace iochron::client::ca {
namespace {

/// Reads variables and collects what is wrong with them.
/// Thread: any (distinct objects)
class Variables {
  public:
    Variables(const Environment& environment, std::vector<std::string>& warnings)
        : environment_(environment), warnings_(warnings)
    {}

    [[nodiscard]] std::string text(std::string_view name) const { return environment_(name).value_or(""); }

    double number(std::string_view name, double otherwise, double least, double most)
    {
        const std::string value = text(name);
        if (value.empty()) {
            return otherwise;
        }
        double number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc{} || end != value.data() + value.size() || !std::isfinite(number)) {
            warn(name, value, "is not a number", otherwise);
            return otherwise;
        }
        if (number < least || number > most) {
            const double taken = most == 65'535 ? otherwise : std::clamp(number, least, most);
            warn(name, value, fmt::format("is not between {} and {}", least, most), taken);
            return taken;
        }
        return number;
    }

    // libca: ports up to 5000 are reserved, and the default is taken instead.
    std::uint16_t port(std::string_view name, std::uint16_t otherwise)
    {
        return static_cast<std::uint16_t>(number(name, otherwise, 5'001, 65'535));
    }

    std::vector<Host> hosts(std::string_view name, std::uint16_t default_port)
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

  private:
    void warn(std::string_view name, std::string_view value, std::string_view why, double taken)
    {
        warnings_.push_back(fmt::format("{}=\"{}\" {}; {} is used", name, value, why, taken));
    }
    void add(std::string_view name, std::vector<Host>& found, Host host)
    {
        if (std::find(found.begin(), found.end(), host) == found.end()) {
            found.push_back(std::move(host));
        } else {
            warnings_.push_back(fmt::format("{}: {}:{} is there twice", name, host.name, host.port));
        }
    }

    const Environment& environment_;
    std::vector<std::string>& warnings_;
};

base::Duration seconds(double number)
{
    return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(number));
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return text;
}

} // namespace

Settings parse_settings(const Environment& environment)
{
    Settings settings;
    Variables variables(environment, settings.warnings);
    settings.server_port = variables.port("EPICS_CA_SERVER_PORT", settings.server_port);
    settings.repeater_port = variables.port("EPICS_CA_REPEATER_PORT", settings.repeater_port);
    settings.address_list = variables.hosts("EPICS_CA_ADDR_LIST", settings.server_port);
    settings.name_servers = variables.hosts("EPICS_CA_NAME_SERVERS", settings.server_port);
    const std::string automatic = variables.text("EPICS_CA_AUTO_ADDR_LIST");
    settings.auto_address_list = !automatic.contains("no") && !automatic.contains("NO"); // but not "No": libca
    settings.connection_timeout = seconds(variables.number("EPICS_CA_CONN_TMO", 30, 0.1, 86'400));
    settings.max_search_period = seconds(variables.number("EPICS_CA_MAX_SEARCH_PERIOD", 300, 60, 1e9));
    settings.multicast_ttl = static_cast<std::uint8_t>(variables.number("EPICS_CA_MCAST_TTL", 1, 1, 255));
    const std::string sized_as_needed = variables.text("EPICS_CA_AUTO_ARRAY_BYTES");
    if (!sized_as_needed.empty() && lower(sized_as_needed) != "yes") {
        const double bytes = variables.number("EPICS_CA_MAX_ARRAY_BYTES", 16'384, 0, 4e9);
        settings.max_message_bytes = std::max<std::size_t>(16'384, static_cast<std::size_t>(bytes) + 24);
    }
    return settings;
}

} // namespace iochron::client::ca
