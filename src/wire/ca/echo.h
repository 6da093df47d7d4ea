#pragma once

#include "wire/ca/header.h"

#include <cstdint>
#include <span>

namespace iochron::wire::ca {

/// "Are you there?", and the answer, which is a copy. Since minor 3; libca waits 5 s for it.
struct Echo {
    std::uint16_t type = 0; ///< this and the rest mean nothing, but rsrv copies them
    std::uint32_t count = 0;
    std::uint32_t p1 = 0;
    std::uint32_t p2 = 0;
    std::span<const std::byte> data;
};

/// READ_SYNC, the same from before ECHO: answered by a copy without payload.
struct ReadSync {
    std::uint16_t type = 0;
    std::uint32_t count = 0;
    std::uint32_t p1 = 0;
    std::uint32_t p2 = 0;

    bool operator==(const ReadSync&) const = default;
};

[[nodiscard]] Header to_header(const Echo& message);
void write_payload(base::Writer& writer, const Echo& message);
[[nodiscard]] Echo decode_echo(const Header& header, std::span<const std::byte> payload);

[[nodiscard]] Header to_header(const ReadSync& message);
[[nodiscard]] ReadSync decode_read_sync(const Header& header);

} // namespace iochron::wire::ca
