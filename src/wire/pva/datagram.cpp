#include "wire/pva/datagram.h"

namespace iochron::wire::pva {

std::optional<DatagramMessage> next_message(std::span<const std::byte>& left)
{
    if (left.size() < header_bytes) {
        return std::nullopt;
    }
    const auto header = read_header(left.first<header_bytes>());
    if (!header || header->control || header->size > left.size() - header_bytes) {
        return std::nullopt;
    }
    const auto payload = left.subspan(header_bytes, header->size);
    left = left.subspan(header_bytes + header->size);
    return DatagramMessage{*header, base::Reader(payload, header->order)};
}

std::optional<SearchAnswer> read_search_answer(std::span<const std::byte> datagram)
{
    if (datagram.size() < header_bytes) {
        return std::nullopt;
    }
    const auto header = read_header(datagram.first<header_bytes>());
    if (!header || header->control || header->command() != Command::search_response) {
        return std::nullopt;
    }
    base::Reader reader(datagram.subspan(header_bytes), header->order);
    const auto response = read_search_response(reader);
    return response ? std::optional(SearchAnswer{header->version, *response}) : std::nullopt;
}

} // namespace iochron::wire::pva
