#include "server/environment.h"

#include <algorithm>

namespace iochron::server {

std::optional<EnvironmentReading::Found>
EnvironmentReading::first_of(std::initializer_list<std::string_view> names) const
{
    for (const std::string_view name : names) {
        if (auto value = variable_(name); value && !value->empty()) {
            return Found{name, std::move(*value)};
        }
    }
    return std::nullopt;
}

bool EnvironmentReading::has_word(std::string_view name, std::string_view word) const
{
    const auto found = first_of({name});
    const std::string all = found ? " " + found->text + " " : "";
    return all.contains(" " + std::string(word) + " ");
}

void EnvironmentReading::port(std::uint16_t& to, std::initializer_list<std::string_view> names, bool any)
{
    constexpr unsigned least = 5001;
    const auto found = first_of(names);
    if (!found) {
        return;
    }
    const auto number = base::read_number<unsigned>(found->text);
    const bool in_range = number && ((*number >= least && *number <= 65535) || (any && *number == 0));
    if (!in_range) {
        problem("{}: \"{}\" is no port from {} to 65535, {} is used", found->name, found->text, least, to);
        return;
    }
    to = static_cast<std::uint16_t>(*number);
}

std::vector<base::Ipv4> EnvironmentReading::addresses(std::string_view name)
{
    std::vector<base::Ipv4> all;
    const auto found = first_of({name});
    std::string_view rest = found ? std::string_view(found->text) : std::string_view{};
    constexpr std::string_view blanks = " \t\r\n,";
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

} // namespace iochron::server
