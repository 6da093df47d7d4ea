#include "base/endpoint.h"

#include <fmt/format.h>

#include <charconv>

namespace iochron::base {
namespace {

/// A decimal number of at most max_digits digits, without sign or leading zero.
std::optional<std::uint32_t> parse_number(std::string_view text, std::size_t max_digits, std::uint32_t most)
{
    if (text.empty() || text.size() > max_digits || (text.size() > 1 && text.front() == '0')) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > most) {
        return std::nullopt;
    }
    return value;
}

} // namespace

std::optional<Ipv4> parse_ipv4(std::string_view text)
{
    std::uint32_t bits = 0;
    for (int part = 0; part < 4; ++part) {
        const std::size_t dot = part < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos) {
            return std::nullopt;
        }
        const auto number = parse_number(text.substr(0, dot), 3, 255);
        if (!number) {
            return std::nullopt;
        }
        bits = bits << 8 | *number;
        text.remove_prefix(part < 3 ? dot + 1 : dot);
    }
    return Ipv4{bits};
}

std::optional<HostPort> split_host_port(std::string_view text, std::uint16_t default_port)
{
    const std::size_t colon = text.rfind(':');
    const std::string_view host = text.substr(0, colon);
    if (host.empty() || host.find(':') != std::string_view::npos) {
        return std::nullopt;
    }
    if (colon == std::string_view::npos) {
        return HostPort{host, default_port};
    }
    const auto port = parse_number(text.substr(colon + 1), 5, 65'535);
    if (!port) {
        return std::nullopt;
    }
    return HostPort{host, static_cast<std::uint16_t>(*port)};
}

std::optional<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port)
{
    const auto parts = split_host_port(text, default_port);
    const auto address = parts ? parse_ipv4(parts->host) : std::nullopt;
    if (!address) {
        return std::nullopt;
    }
    return Endpoint{*address, parts->port};
}

std::string to_string(Ipv4 address)
{
    const std::uint32_t b = address.bits;
    return fmt::format("{}.{}.{}.{}", b >> 24, b >> 16 & 255, b >> 8 & 255, b & 255);
}

std::string to_string(const Endpoint& endpoint)
{
    return fmt::format("{}:{}", to_string(endpoint.address), endpoint.port);
}

} // namespace iochron::base
