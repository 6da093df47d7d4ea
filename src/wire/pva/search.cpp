#include "wire/pva/search.h"

#include "wire/pva/size.h"

#include <algorithm>

namespace iochron::wire::pva {
namespace {

constexpr std::size_t address_bytes = 16;
constexpr std::array<std::byte, 12> ipv4_prefix = [] {
    std::array<std::byte, 12> prefix{};
    prefix[10] = prefix[11] = std::byte{0xFF};
    return prefix;
}();

template <class T>
base::Result<T> result(const base::Reader& reader, T&& value)
{
    if (!reader.ok()) {
        return std::unexpected(reader.fault());
    }
    return std::forward<T>(value);
}

Guid read_guid(base::Reader& reader)
{
    Guid guid{};
    std::ranges::copy(reader.bytes(guid.size()), guid.begin());
    return guid;
}

} // namespace

void write_address(Encoder& encoder, base::Ipv4 address)
{
    std::array<std::byte, address_bytes> bytes{};
    if (!address.any()) {
        std::ranges::copy(ipv4_prefix, bytes.begin());
        base::store(bytes.data() + ipv4_prefix.size(), address.bits, base::ByteOrder::big);
    }
    encoder.raw(bytes);
}

std::optional<base::Ipv4> read_address(base::Reader& reader)
{
    const auto bytes = reader.bytes(address_bytes);
    if (bytes.empty() || std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{}; })) {
        return base::ipv4_any;
    }
    if (!std::ranges::equal(bytes.first(ipv4_prefix.size()), ipv4_prefix)) {
        return std::nullopt;
    }
    return base::Ipv4{base::load<std::uint32_t>(bytes.data() + ipv4_prefix.size(), base::ByteOrder::big)};
}

base::Result<Search> read_search(base::Reader& reader)
{
    Search search;
    search.sequence = reader.u32();
    search.flags = reader.u8();
    reader.skip(3);
    search.answer_to = read_address(reader);
    search.answer_port = reader.u16();
    const std::size_t protocols = read_count(reader, 1);
    search.tcp = protocols == 0;
    for (std::size_t i = 0; i < protocols && reader.ok(); ++i) {
        search.tcp = read_text(reader) == "tcp" || search.tcp;
    }
    const std::uint16_t names = reader.u16();
    for (std::uint16_t i = 0; i < names && reader.ok(); ++i) {
        const std::uint32_t id = reader.u32();
        search.names.push_back({id, read_text(reader)});
    }
    return result(reader, std::move(search));
}

void write(std::vector<std::byte>& to, base::ByteOrder order, const Search& search)
{
    const std::size_t start = begin_message(to, Role::client, order, Command::search);
    Encoder encoder(to, order);
    encoder.u32(search.sequence);
    encoder.u8(search.flags);
    encoder.raw(std::array<std::byte, 3>{});
    write_address(encoder, search.answer_to.value_or(base::ipv4_any));
    encoder.u16(search.answer_port);
    encoder.size(search.tcp ? 1 : 0);
    if (search.tcp) {
        encoder.text("tcp");
    }
    encoder.u16(static_cast<std::uint16_t>(search.names.size()));
    for (const Search::Name& name : search.names) {
        encoder.u32(name.id);
        encoder.text(name.name);
    }
    end_message(to, start, order);
}

base::Result<SearchResponse> read_search_response(base::Reader& reader)
{
    SearchResponse response;
    response.guid = read_guid(reader);
    response.sequence = reader.u32();
    response.server = read_address(reader);
    response.port = reader.u16();
    response.protocol = read_text(reader);
    response.found = reader.u8() != 0;
    const std::uint16_t ids = reader.u16();
    for (std::uint16_t i = 0; i < ids && reader.ok(); ++i) {
        response.ids.push_back(reader.u32());
    }
    return result(reader, std::move(response));
}

void write(std::vector<std::byte>& to, Role from, base::ByteOrder order, const SearchResponse& response)
{
    const std::size_t start = begin_message(to, from, order, Command::search_response);
    Encoder encoder(to, order);
    encoder.raw(response.guid);
    encoder.u32(response.sequence);
    write_address(encoder, response.server.value_or(base::ipv4_any));
    encoder.u16(response.port);
    encoder.text(response.protocol);
    encoder.u8(response.found ? 1 : 0);
    encoder.u16(static_cast<std::uint16_t>(response.ids.size()));
    for (const std::uint32_t id : response.ids) {
        encoder.u32(id);
    }
    end_message(to, start, order);
}

base::Result<Beacon> read_beacon(base::Reader& reader)
{
    Beacon beacon;
    beacon.guid = read_guid(reader);
    reader.skip(1);
    beacon.sequence = reader.u8();
    beacon.changes = reader.u16();
    beacon.server = read_address(reader);
    beacon.port = reader.u16();
    beacon.protocol = read_text(reader);
    return result(reader, std::move(beacon));
}

void write(std::vector<std::byte>& to, base::ByteOrder order, const Beacon& beacon)
{
    const std::size_t start = begin_message(to, Role::server, order, Command::beacon);
    Encoder encoder(to, order);
    encoder.raw(beacon.guid);
    encoder.u8(0);
    encoder.u8(beacon.sequence);
    encoder.u16(beacon.changes);
    write_address(encoder, beacon.server.value_or(base::ipv4_any));
    encoder.u16(beacon.port);
    encoder.text(beacon.protocol);
    encoder.null(); // no status
    end_message(to, start, order);
}

void write_origin_tag(std::vector<std::byte>& to, base::ByteOrder order, base::Ipv4 address)
{
    const std::size_t start = begin_message(to, Role::client, order, Command::origin_tag);
    Encoder encoder(to, order);
    write_address(encoder, address);
    end_message(to, start, order);
}

void write_handed_on(std::vector<std::byte>& to, Search search, base::Endpoint answer_to)
{
    search.flags = static_cast<std::uint8_t>(search.flags & ~Search::unicast);
    search.answer_to = answer_to.address;
    search.answer_port = answer_to.port;
    write_origin_tag(to, base::ByteOrder::big, base::ipv4_any);
    write(to, base::ByteOrder::big, search);
}

} // namespace iochron::wire::pva
