#pragma once

#include "base/endpoint.h"
#include "base/fault.h"
#include "wire/pva/encoder.h"
#include "wire/pva/header.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace iochron::wire::pva {

/// Tells servers apart: 12 bytes made anew at every start, the same on all of a server's addresses.
using Guid = std::array<std::byte, 12>;

/// An IPv4 address in the 16 bytes of an IPv6 one. Any address is written as all zeros; both forms of it are read.
void write_address(Encoder& encoder, base::Ipv4 address);
/// Nothing where it is a true IPv6 address.
[[nodiscard]] std::optional<base::Ipv4> read_address(base::Reader& reader);

/// Who has these names? Without any it asks which servers there are.
struct Search {
    static constexpr std::uint8_t must_reply = 0x01;
    static constexpr std::uint8_t unicast = 0x80;

    struct Name {
        std::uint32_t id = 0;
        std::string_view name; ///< borrows the payload
    };

    std::uint32_t sequence = 0;
    std::uint8_t flags = 0;
    std::optional<base::Ipv4> answer_to; ///< nothing: an IPv6 address, which is not answered; any: where it came from
    std::uint16_t answer_port = 0;
    bool tcp = true; ///< "tcp" is among the protocols, or none are named; written, false names none
    std::vector<Name> names;
};

/// At most 65,535 names. Fault: it is cut short.
[[nodiscard]] base::Result<Search> read_search(base::Reader& reader);
/// A whole message.
void write(std::vector<std::byte>& to, base::ByteOrder order, const Search& search);

struct SearchResponse {
    Guid guid{};
    std::uint32_t sequence = 0;
    std::optional<base::Ipv4> server = base::ipv4_any; ///< any: where it came from; nothing: an IPv6 address
    std::uint16_t port = 0;
    std::string_view protocol = "tcp";
    bool found = true;
    std::vector<std::uint32_t> ids;
};

[[nodiscard]] base::Result<SearchResponse> read_search_response(base::Reader& reader);
void write(std::vector<std::byte>& to, Role from, base::ByteOrder order, const SearchResponse& response);

struct Beacon {
    Guid guid{};
    std::uint8_t sequence = 0;
    std::uint16_t changes = 0;
    std::optional<base::Ipv4> server = base::ipv4_any;
    std::uint16_t port = 0;
    std::string_view protocol = "tcp";
};

[[nodiscard]] base::Result<Beacon> read_beacon(base::Reader& reader);
void write(std::vector<std::byte>& to, base::ByteOrder order, const Beacon& beacon);

/// Where processes of one host hand searches to one another, by multicast on the loopback interface (PVXS,
/// pvAccessCPP).
inline constexpr base::Ipv4 host_group{0xe000'0080}; // 224.0.0.128

/// Stands before a search that one process of a host hands to all others: the address on which it came in.
void write_origin_tag(std::vector<std::byte>& to, base::ByteOrder order, base::Ipv4 address);
/// Such a search: tagged, no unicast any more, and saying where its answer goes.
void write_handed_on(std::vector<std::byte>& to, Search search, base::Endpoint answer_to);

} // namespace iochron::wire::pva
