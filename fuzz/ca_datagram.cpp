// A UDP datagram, as a server, a client and a repeater get it. Each message's encoding must decode to the same.
#include "wire/ca/beacon.h"
#include "wire/ca/message.h"
#include "wire/ca/repeater.h"
#include "wire/ca/search.h"
#include "wire/ca/version.h"

#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

using namespace iochron;
using namespace iochron::wire::ca;

namespace {

void require(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

template <class M, class Decode>
void require_round_trip(const M& message, Decode decode)
{
    std::vector<std::byte> bytes(frame_bytes(message));
    base::Writer writer(bytes);
    encode(writer, message);
    require(writer.ok() && writer.left() == 0);
    const Frame frame = next_message(bytes);
    require(frame.kind == Frame::Kind::message);
    require(decode(frame.header, frame.payload) == message);
}

void decode_all(const Header& header, std::span<const std::byte> payload)
{
    using Bytes = std::span<const std::byte>;
    switch (header.command) {
    case Command::version:
        require_round_trip(decode_version(header), [](const Header& h, Bytes) { return decode_version(h); });
        break;
    case Command::search: {
        const auto search = decode_search(header, payload);
        require(search || (payload.empty() && search.error().offset == 0));
        if (search) {
            require_round_trip(*search, [](const Header& h, Bytes p) { return *decode_search(h, p); });
        }
        require_round_trip(decode_search_reply(header, payload), decode_search_reply);
        break;
    }
    case Command::not_found:
        require_round_trip(decode_not_found(header), [](const Header& h, Bytes) { return decode_not_found(h); });
        break;
    case Command::beacon:
        require_round_trip(decode_beacon(header), [](const Header& h, Bytes) { return decode_beacon(h); });
        break;
    case Command::repeater_register:
        require_round_trip(decode_repeater_register(header),
                           [](const Header& h, Bytes) { return decode_repeater_register(h); });
        break;
    case Command::repeater_confirm:
        require_round_trip(decode_repeater_confirm(header),
                           [](const Header& h, Bytes) { return decode_repeater_confirm(h); });
        break;
    default:
        (void)to_string(header.command);
        break;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
    while (true) {
        const Frame frame = next_message(bytes, {.may_extend = false});
        require(!frame.header.extended);
        if (frame.kind != Frame::Kind::message) {
            return 0;
        }
        decode_all(frame.header, frame.payload);
        bytes = bytes.subspan(static_cast<std::size_t>(frame.total_bytes));
    }
}
