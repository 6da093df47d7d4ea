#pragma once

#include <string_view>

namespace iochron::client {

/// A PV as a user names it: "ca://NAME", "pva://NAME", or "NAME" alone, which is Channel Access.
struct Address {
    enum class Protocol : unsigned char { ca, pva };

    Protocol protocol = Protocol::ca;
    std::string_view name;
};

[[nodiscard]] inline Address address_of(std::string_view text)
{
    constexpr std::string_view ca = "ca://";
    constexpr std::string_view pva = "pva://";
    if (text.starts_with(pva)) {
        return {Address::Protocol::pva, text.substr(pva.size())};
    }
    return {Address::Protocol::ca, text.starts_with(ca) ? text.substr(ca.size()) : text};
}

} // namespace iochron::client
