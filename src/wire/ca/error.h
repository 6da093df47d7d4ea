#pragma once

#include "base/fault.h"
#include "wire/ca/eca.h"
#include "wire/ca/header.h"
#include "wire/ca/ids.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace iochron::wire::ca {

/// A request failed, and has no answer of its own that could say so. From the server, TCP.
struct Error {
    std::uint32_t cid = no_id; ///< of the channel, else no_id; for a search its p1
    Eca status = Eca::internal;
    /// As it came, in its form (but extended for a count of 65535, as rsrv does): libca finds what failed by its
    /// command and p2.
    Header request;
    std::string_view text; ///< borrows; when sent it is cut so that the payload has 512 bytes at the most, as in rsrv

    bool operator==(const Error&) const = default;
};

[[nodiscard]] Header to_header(const Error& message);
void write_payload(base::Writer& writer, const Error& message);
/// Fault: the payload is too short for the request's header.
[[nodiscard]] base::Result<Error> decode_error(const Header& header, std::span<const std::byte> payload);

} // namespace iochron::wire::ca
