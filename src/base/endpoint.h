#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace iochron::base {

/// An IPv4 address in host order: 127.0.0.1 is 0x7f000001. A plain value, without any system call.
struct Ipv4 {
    std::uint32_t bits = 0;

    auto operator<=>(const Ipv4&) const = default;
    [[nodiscard]] bool any() const { return bits == 0; }
    [[nodiscard]] bool loopback() const { return bits >> 24 == 127; }
    [[nodiscard]] bool multicast() const { return bits >> 28 == 0xe; }
};

inline constexpr Ipv4 ipv4_any{0};
inline constexpr Ipv4 ipv4_loopback{0x7f000001};
inline constexpr Ipv4 ipv4_broadcast{0xffffffff};

/// An address and a port, both in host order.
struct Endpoint {
    Ipv4 address;
    std::uint16_t port = 0;

    auto operator<=>(const Endpoint&) const = default;
};

/// A host as a user wrote it, which may be a name, and its port.
struct HostPort {
    std::string_view host;
    std::uint16_t port = 0;

    bool operator==(const HostPort&) const = default;
};

/// Four decimal numbers with dots between, nothing else (no "127.1", no octal, no blanks).
[[nodiscard]] std::optional<Ipv4> parse_ipv4(std::string_view text);
/// "10.0.0.7:5064", or "10.0.0.7" with the default port. Names are refused.
[[nodiscard]] std::optional<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port);
/// Splits "host[:port]"; nothing when the host is empty or the port is no number from 0 to 65535. The host points
/// into the text.
[[nodiscard]] std::optional<HostPort> split_host_port(std::string_view text, std::uint16_t default_port);

[[nodiscard]] std::string to_string(Ipv4 address);
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

} // namespace iochron::base

template <>
struct std::hash<iochron::base::Ipv4> {
    std::size_t operator()(iochron::base::Ipv4 address) const noexcept
    {
        return std::hash<std::uint64_t>{}(address.bits * 0x9e3779b97f4a7c15ULL);
    }
};

template <>
struct std::hash<iochron::base::Endpoint> {
    std::size_t operator()(const iochron::base::Endpoint& endpoint) const noexcept
    {
        const std::uint64_t both = std::uint64_t{endpoint.address.bits} << 16 | endpoint.port;
        return std::hash<std::uint64_t>{}(both * 0x9e3779b97f4a7c15ULL);
    }
};
