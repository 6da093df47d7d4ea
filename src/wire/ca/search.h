#pragma once

#include "base/fault.h"
#include "wire/ca/header.h"
#include "wire/ca/ids.h"
#include "wire/ca/version.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace iochron::wire::ca {

/// Who has this name? UDP, and TCP since minor 12.
struct Search {
    bool reply_not_found = false; ///< DOREPLY: only then may NOT_FOUND be sent, and on TCP only
    std::uint16_t minor = minor_version;
    Cid id{};              ///< in p1 and p2; answered from p2
    std::string_view name; ///< borrows the payload

    bool operator==(const Search&) const = default;
};

/// The answer. On UDP it has a payload with the minor version, without which libca takes the server for an ancient
/// one; on TCP it has none.
struct SearchReply {
    std::uint16_t port = 0;        ///< of the server's TCP listener
    std::uint32_t address = no_id; ///< IPv4 as a number, or no_id: the address that this came from
    Cid id{};
    std::optional<std::uint16_t> minor; ///< present on UDP

    bool operator==(const SearchReply&) const = default;
};

/// The answer on TCP to a search with reply_not_found; libca drops the circuit if it gets one unasked.
struct NotFound {
    bool reply_not_found = true;
    std::uint16_t minor = minor_version;
    Cid id{};

    bool operator==(const NotFound&) const = default;
};

[[nodiscard]] Header to_header(const Search& search);
void write_payload(base::Writer& writer, const Search& search);
/// A name may be empty: rsrv leaves such a search unanswered. Any type but DOREPLY asks for no NOT_FOUND. Fault: there
/// is no payload.
[[nodiscard]] base::Result<Search> decode_search(const Header& header, std::span<const std::byte> payload);

[[nodiscard]] Header to_header(const SearchReply& reply);
void write_payload(base::Writer& writer, const SearchReply& reply);
[[nodiscard]] SearchReply decode_search_reply(const Header& header, std::span<const std::byte> payload);

[[nodiscard]] Header to_header(const NotFound& answer);
[[nodiscard]] NotFound decode_not_found(const Header& header);

} // namespace iochron::wire::ca
