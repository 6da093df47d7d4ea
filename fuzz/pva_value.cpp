// A type description and a value of it, as RPC and pvRequest bring them: what was read can be written, and reads as
// the same again.
#include "wire/pva/size.h"
#include "wire/pva/value.h"

#include <cstdint>
#include <cstdlib>

using namespace iochron;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    const auto order = (data[0] & 1) != 0 ? base::ByteOrder::big : base::ByteOrder::little;
    base::Reader reader(std::as_bytes(std::span(data + 1, size - 1)), order);
    wire::pva::TypeCache types;
    while (reader.ok() && reader.left() > 0) {
        const pv::Value value = wire::pva::ValueReader(reader, types).typed();
        if (!reader.ok()) {
            break;
        }
        std::vector<std::byte> bytes;
        wire::pva::Encoder encoder(bytes, order);
        write_typed(encoder, value);
        base::Reader again(bytes, order);
        wire::pva::TypeCache none;
        std::vector<std::byte> twice;
        wire::pva::Encoder encoder_again(twice, order);
        write_typed(encoder_again, wire::pva::ValueReader(again, none).typed());
        if (!again.ok() || bytes != twice) {
            std::abort();
        }
    }
    return 0;
}
