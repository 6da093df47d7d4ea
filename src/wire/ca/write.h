#pragma once

#include "wire/ca/dbr.h"
#include "wire/ca/eca.h"
#include "wire/ca/header.h"
#include "wire/ca/ids.h"

#include <cstdint>
#include <span>

namespace iochron::wire::ca {

/// WRITE: no answer unless it fails, which an Error tells.
struct Write {
    Dbr type{};
    std::uint32_t count = 0;
    Sid sid{};
    std::uint32_t client_id = 0;     ///< the client's business; libca puts the Cid here, and finds it in the Error
    std::span<const std::byte> data; ///< see decode_written() in value.h
};

/// WRITE_NOTIFY from the client: answered when all processing that the write caused has ended. Since minor 1.
struct WriteNotify {
    Dbr type{};
    std::uint32_t count = 0;
    Sid sid{};
    Ioid ioid{};
    std::span<const std::byte> data;
};

/// WRITE_NOTIFY from the server, with type and count of the request.
struct WriteNotifyReply {
    Dbr type{};
    std::uint32_t count = 0;
    Eca status = Eca::normal;
    Ioid ioid{};

    bool operator==(const WriteNotifyReply&) const = default;
};

[[nodiscard]] Header to_header(const Write& message);
void write_payload(base::Writer& writer, const Write& message);
[[nodiscard]] Write decode_write(const Header& header, std::span<const std::byte> payload);

[[nodiscard]] Header to_header(const WriteNotify& message);
void write_payload(base::Writer& writer, const WriteNotify& message);
[[nodiscard]] WriteNotify decode_write_notify(const Header& header, std::span<const std::byte> payload);

[[nodiscard]] Header to_header(const WriteNotifyReply& message);
[[nodiscard]] WriteNotifyReply decode_write_notify_reply(const Header& header);

} // namespace iochron::wire::ca
