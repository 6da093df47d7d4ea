#pragma once

#include "base/fault.h"
#include "wire/ca/header.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace iochron::wire::ca {

/// Who the client says it is. Both come once, before the first channel of a circuit; there is no answer.
struct ClientName {
    std::string_view name; ///< login name; borrows the payload

    bool operator==(const ClientName&) const = default;
};

struct HostName {
    std::string_view name; ///< borrows the payload

    bool operator==(const HostName&) const = default;
};

[[nodiscard]] Header to_header(const ClientName& message);
void write_payload(base::Writer& writer, const ClientName& message);
[[nodiscard]] Header to_header(const HostName& message);
void write_payload(base::Writer& writer, const HostName& message);

/// Fault: no NUL within the payload, or more than `most` bytes with it (rsrv: 512), at which rsrv closes the circuit.
[[nodiscard]] base::Result<ClientName> decode_client_name(std::span<const std::byte> payload, std::size_t most = 512);
[[nodiscard]] base::Result<HostName> decode_host_name(std::span<const std::byte> payload, std::size_t most = 512);

} // namespace iochron::wire::ca
