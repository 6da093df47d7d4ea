#pragma once

#include "wire/ca/header.h"

#include <cstdint>

namespace iochron::wire::ca {

/// A client asks the repeater for beacons. An empty datagram does the same, and is what libca sends. UDP.
struct RepeaterRegister {
    std::uint32_t address = 0; ///< the client's IPv4 as a number; the repeater goes by the datagram's source

    bool operator==(const RepeaterRegister&) const = default;
};

/// The repeater's answer.
struct RepeaterConfirm {
    std::uint32_t address = 0; ///< the client's IPv4 as a number, as the repeater sees it

    bool operator==(const RepeaterConfirm&) const = default;
};

[[nodiscard]] Header to_header(const RepeaterRegister& message);
[[nodiscard]] RepeaterRegister decode_repeater_register(const Header& header);
[[nodiscard]] Header to_header(const RepeaterConfirm& message);
[[nodiscard]] RepeaterConfirm decode_repeater_confirm(const Header& header);

} // namespace iochron::wire::ca
