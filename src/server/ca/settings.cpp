#include "server/ca/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace iochron::server::ca {
namespace {

/// One reading of the environment.
class Reading {
  public:
    explicit Reading(const Variable& variable) : variable_(variable) {}

    /// The first of the names that is set to something, and its value.
    struct Found {
        std::string_view name;
        std::string text;
    };
    std::optional<Found> first_of(std::initializer_list<std::string_view> names) const
    {
        for (const std::string_view name : names) {
            if (auto value = variable_(name); value && !value->empty()) {
                return Found{name, std::move(*value)};
            }
        }
        return std::nullopt;
    }

    template <class... Args>
    void problem(fmt::format_string<Args...> text, Args&&... args)
    {
        parsed.problems.push_back(fmt::format(text, std::forward<Args>(args)...));
    }

    void port(std::uint16_t& to, std::initializer_list<std::string_view> names)
    {
        constexpr unsigned least = 5001; // as EPICS has it
        const auto found = first_of(names);
        if (!found) {
            return;
        }
        unsigned number = 0;
        const char* const end = found->text.data() + found->text.size();
        const auto [at, bad] = std::from_chars(found->text.data(), end, number);
        if (bad != std::errc{} || at != end || number < least || number > 65535) {
            problem("{}: \"{}\" is no port from {} to 65535, {} is used", found->name, found->text, least, to);
            return;
        }
        to = static_cast<std::uint16_t>(number);
    }

    template <class Number>
    void number(Number& to, Number least, Number most, std::initializer_list<std::string_view> names)
    {
        const auto found = first_of(names);
        if (!found) {
            return;
        }
        Number value{};
        const char* const end = found->text.data() + found->text.size();
        const auto [at, bad] = std::from_chars(found->text.data(), end, value);
        if (bad != std::errc{} || at != end || !(value >= least && value <= most)) {
            problem("{}: \"{}\" is no number from {} to {}, {} is used", found->name, found->text, least, most, to);
            return;
        }
        to = value;
    }

    /// Addresses as numbers; a port behind one is ignored, as rsrv does.
    std::vector<base::Ipv4> addresses(std::string_view name)
    {
        std::vector<base::Ipv4> all;
        const auto found = first_of({name});
        std::string_view rest = found ? std::string_view(found->text) : std::string_view{};
        constexpr std::string_view blanks = " \t,";
        while ((rest = rest.substr(std::min(rest.find_first_not_of(blanks), rest.size()))) != "") {
            const std::string_view word = rest.substr(0, rest.find_first_of(blanks));
            rest.remove_prefix(word.size());
            if (const auto endpoint = base::parse_endpoint(word == "localhost" ? "127.0.0.1" : word, 0)) {
                all.push_back(endpoint->address);
            } else {
                problem("{}: \"{}\" is no IPv4 address and is left out", name, word);
            }
        }
        return all;
    }

    ParsedSettings parsed;

  private:
    const Variable& variable_;
};

bool says_no(std::string_view text)
{
    return text.contains("no") || text.contains("NO");
}

bool says_yes(std::string_view text)
{
    constexpr std::string_view yes = "yes";
    return std::ranges::equal(text, yes, [](unsigned char a, char b) { return std::tolower(a) == b; });
}

void read_interfaces(Reading& reading)
{
    Settings& settings = reading.parsed.settings;
    for (const base::Ipv4 address : reading.addresses("EPICS_CAS_INTF_ADDR_LIST")) {
        (address.multicast() ? settings.groups : settings.interfaces).push_back(address);
    }
    if (std::ranges::find(settings.interfaces, base::ipv4_any) != settings.interfaces.end()) {
        if (settings.interfaces.size() > 1) {
            reading.problem("EPICS_CAS_INTF_ADDR_LIST: 0.0.0.0 means all interfaces, the other addresses are left out");
        }
        settings.interfaces.clear();
    }
}

void read_array_bytes(Reading& reading)
{
    constexpr std::size_t least_message = 16384;
    constexpr std::size_t head_bytes = 24;
    const auto automatic = reading.first_of({"EPICS_CA_AUTO_ARRAY_BYTES"});
    if (automatic && !says_yes(automatic->text)) {
        std::size_t bytes = least_message;
        reading.number(bytes, std::size_t{0}, std::size_t{1} << 40, {"EPICS_CA_MAX_ARRAY_BYTES"});
        reading.parsed.settings.message_bytes = std::max(least_message, bytes + head_bytes);
    }
}

} // namespace

ParsedSettings parse_settings(const Variable& variable)
{
    Reading reading(variable);
    Settings& settings = reading.parsed.settings;
    if (const auto ignored = reading.first_of({"EPICS_IOC_IGNORE_SERVERS"})) {
        settings.enabled = !ignored->text.contains("rsrv");
    }
    read_interfaces(reading);
    reading.port(settings.port, {"EPICS_CAS_SERVER_PORT", "EPICS_CA_SERVER_PORT"});
    reading.port(settings.beacon_port, {"EPICS_CAS_BEACON_PORT", "EPICS_CA_REPEATER_PORT"});
    if (const auto automatic = reading.first_of({"EPICS_CAS_AUTO_BEACON_ADDR_LIST"})) {
        settings.auto_beacons = !says_no(automatic->text);
    }
    if (auto list = reading.first_of({"EPICS_CAS_BEACON_ADDR_LIST"})) {
        settings.beacon_list = std::move(list->text);
    }
    double period = 15;
    reading.number(period, 0.02, 1e6, {"EPICS_CAS_BEACON_PERIOD", "EPICS_CA_BEACON_PERIOD"});
    settings.beacon_period = std::chrono::round<base::Duration>(std::chrono::duration<double>(period));
    settings.ignored = reading.addresses("EPICS_CAS_IGNORE_ADDR_LIST");
    reading.number(settings.multicast_ttl, 1, 255, {"EPICS_CA_MCAST_TTL"});
    read_array_bytes(reading);
    return std::move(reading.parsed);
}

} // namespace iochron::server::ca
