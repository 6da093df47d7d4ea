#pragma once

#include "wire/ca/header.h"

#include <cstdint>

namespace iochron::wire::ca {

/// The minor version of the protocol that we speak: 4.13.
inline constexpr std::uint16_t minor_version = 13;
inline constexpr std::uint16_t priority_max = 99;

/// The first message of a circuit, both ways and unprompted, and of a datagram with searches or their answers. Repeats
/// are harmless: libca puts one in front of every batch of searches on a name server's circuit.
struct Version {
    std::uint16_t priority = 0; ///< TCP from a client: 0..99. UDP: 1 where `sequence` means something
    std::uint16_t minor = minor_version;
    std::uint32_t sequence = 0; ///< UDP: number of the datagram, echoed in the answer (since minor 11)

    bool operator==(const Version&) const = default;
};

[[nodiscard]] Header to_header(const Version& version);
[[nodiscard]] Version decode_version(const Header& header);

/// "This datagram has a number": the Version in front of searches, and of their answers.
[[nodiscard]] constexpr Version datagram_version(std::uint32_t sequence)
{
    return {.priority = 1, .minor = minor_version, .sequence = sequence};
}

} // namespace iochron::wire::ca
