#include "wire/ca/search.h"

#include "wire/ca/message.h"

namespace iochron::wire::ca {

namespace {
constexpr std::uint16_t dont_reply = 5;
constexpr std::uint16_t do_reply = 10;

std::uint16_t reply_type(bool reply_not_found)
{
    return reply_not_found ? do_reply : dont_reply;
}
} // namespace

Header to_header(const Search& search)
{
    const auto id = static_cast<std::uint32_t>(search.id);
    return {.command = Command::search,
            .size = name_bytes(search.name),
            .type = reply_type(search.reply_not_found),
            .count = search.minor,
            .p1 = id,
            .p2 = id};
}

void write_payload(base::Writer& writer, const Search& search)
{
    writer.text(search.name, search.name.size(), false);
}

base::Result<Search> decode_search(const Header& header, std::span<const std::byte> payload)
{
    if (payload.empty()) {
        return std::unexpected(base::Fault{0, "a search without a name"});
    }
    return Search{.reply_not_found = header.type == do_reply,
                  .minor = static_cast<std::uint16_t>(header.count),
                  .id = Cid{header.p2},
                  .name = text_of(payload)};
}

Header to_header(const SearchReply& reply)
{
    return {.command = Command::search,
            .size = reply.minor ? 8u : 0u,
            .type = reply.port,
            .p1 = reply.address,
            .p2 = static_cast<std::uint32_t>(reply.id)};
}

void write_payload(base::Writer& writer, const SearchReply& reply)
{
    if (reply.minor) {
        writer.u16(*reply.minor);
    }
}

SearchReply decode_search_reply(const Header& header, std::span<const std::byte> payload)
{
    SearchReply reply{.port = header.type, .address = header.p1, .id = Cid{header.p2}, .minor = {}};
    if (payload.size() >= 4) { // libca asks for as many, though it uses two
        reply.minor = base::load<std::uint16_t>(payload.data(), base::ByteOrder::big);
    }
    return reply;
}

Header to_header(const NotFound& answer)
{
    const auto id = static_cast<std::uint32_t>(answer.id);
    return {.command = Command::not_found,
            .type = reply_type(answer.reply_not_found),
            .count = answer.minor,
            .p1 = id,
            .p2 = id};
}

NotFound decode_not_found(const Header& header)
{
    return {.reply_not_found = header.type == do_reply,
            .minor = static_cast<std::uint16_t>(header.count),
            .id = Cid{header.p2}};
}

} // namespace iochron::wire::ca
