#include "wire/pva/bit_set.h"

#include "pv/type.h"
#include "wire/pva/size.h"

namespace iochron::wire::pva {

// Whole words go in the order of the message, the bytes of the last, shorter one lowest first.
void write(Encoder& encoder, const pv::BitSet& bits)
{
    const std::size_t bytes = (bits.end() + 7) / 8;
    encoder.size(bytes);
    for (std::size_t i = 0; i < bytes / 8; ++i) {
        encoder.u64(bits.word(i));
    }
    for (std::size_t i = 0; i < bytes % 8; ++i) {
        encoder.u8(static_cast<std::uint8_t>(bits.word(bytes / 8) >> (8 * i)));
    }
}

pv::BitSet read_bit_set(base::Reader& reader)
{
    pv::BitSet bits;
    const std::size_t bytes = read_count(reader, 1);
    if (bytes > pv::Type::max_fields / 8) {
        reader.fail("a bit set for more fields than a structure can have");
        return bits;
    }
    for (std::size_t at = 0; at < bytes && reader.ok();) {
        const std::size_t wide = bytes - at >= 8 ? 8 : 1;
        std::uint64_t word = wide == 8 ? reader.u64() : reader.u8();
        for (std::size_t bit = at * 8; word != 0; word >>= 1, ++bit) {
            if ((word & 1) != 0) {
                bits.set(bit);
            }
        }
        at += wide;
    }
    return bits;
}

} // namespace iochron::wire::pva
