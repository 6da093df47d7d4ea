#pragma once

#include "wire/ca/dbr.h"
#include "wire/ca/eca.h"
#include "wire/ca/header.h"
#include "wire/ca/ids.h"

#include <cstdint>
#include <span>

namespace iochron::wire::ca {

/// READ_NOTIFY from the client. The type is unchecked: rsrv closes the circuit on one that is not valid.
struct ReadNotify {
    Dbr type{};
    std::uint32_t count = 0; ///< elements wanted; 0: what there is (since minor 13)
    Sid sid{};
    Ioid ioid{};

    bool operator==(const ReadNotify&) const = default;
};

/// READ_NOTIFY from the server: type and, unless it was 0, count as asked.
struct ReadNotifyReply {
    Dbr type{};
    std::uint32_t count = 0;
    Eca status = Eca::normal;
    Ioid ioid{};
    std::span<const std::byte> data; ///< the value (see value.h), without padding when sent, with it when received
};

/// READ, deprecated, from the client.
struct Read {
    Dbr type{};
    std::uint32_t count = 0; ///< 0 gives nothing here
    Sid sid{};
    Ioid ioid{};

    bool operator==(const Read&) const = default;
};

/// READ from the server. It carries no status: a failure is told with an Error.
struct ReadReply {
    Dbr type{};
    std::uint32_t count = 0;
    Cid cid{};
    Ioid ioid{};
    std::span<const std::byte> data;
};

[[nodiscard]] Header to_header(const ReadNotify& message);
[[nodiscard]] ReadNotify decode_read_notify(const Header& header);
[[nodiscard]] Header to_header(const ReadNotifyReply& message);
void write_payload(base::Writer& writer, const ReadNotifyReply& message);
[[nodiscard]] ReadNotifyReply decode_read_notify_reply(const Header& header, std::span<const std::byte> payload);

[[nodiscard]] Header to_header(const Read& message);
[[nodiscard]] Read decode_read(const Header& header);
[[nodiscard]] Header to_header(const ReadReply& message);
void write_payload(base::Writer& writer, const ReadReply& message);
[[nodiscard]] ReadReply decode_read_reply(const Header& header, std::span<const std::byte> payload);

} // namespace iochron::wire::ca
