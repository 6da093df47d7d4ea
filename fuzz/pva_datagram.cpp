// A datagram to a pvAccess server's search port, and to a client's: what is read can be written, and is then the same.
#include "server/pva/search.h"
#include "wire/pva/header.h"
#include "wire/pva/search.h"

#include <cstdint>
#include <cstdlib>

using namespace iochron;
using server::pva::SearchResponder;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto bytes = std::as_bytes(std::span(data, size));
    SearchResponder responder({}, [](std::span<const std::string_view> names, std::span<bool> found) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            found[i] = !names[i].empty();
        }
    });
    SearchResponder::Sends sends;
    sends.answer = [](base::Endpoint, std::span<const std::byte> answer) {
        base::Reader reader(answer.subspan(wire::pva::header_bytes), base::ByteOrder::big);
        if (!wire::pva::read_search_response(reader) || reader.left() != 0) {
            std::abort();
        }
    };
    sends.hand_on = [&](std::span<const std::byte> message) {
        responder.answer({message, {base::ipv4_loopback, 1234}, true}, 5075,
                         {.answer = sends.answer, .hand_on = [](std::span<const std::byte>) { std::abort(); }});
    };
    responder.answer({bytes, {base::ipv4_loopback, 1234}, false}, 5075, sends);
    for (const auto order : {base::ByteOrder::big, base::ByteOrder::little}) {
        base::Reader response(bytes, order);
        (void)wire::pva::read_search_response(response);
        base::Reader beacon(bytes, order);
        (void)wire::pva::read_beacon(beacon);
    }
    return 0;
}
