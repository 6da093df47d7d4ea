#include "wire/pva/size.h"

namespace iochron::wire::pva {

std::optional<std::size_t> read_nullable_size(base::Reader& reader)
{
    const std::uint8_t first = reader.u8();
    if (first == 0xFF) {
        return std::nullopt;
    }
    if (first != 0xFE) {
        return first;
    }
    const std::uint32_t size = reader.u32();
    if (size >= 0x7FFF'FFFF) {
        reader.fail("a size beyond 31 bits");
    }
    return size;
}

std::size_t read_size(base::Reader& reader)
{
    const auto size = read_nullable_size(reader);
    if (!size) {
        reader.fail("a null where a size belongs");
    }
    return size.value_or(0);
}

std::size_t read_count(base::Reader& reader, std::size_t bytes_each)
{
    constexpr std::size_t most_of_nothing = 65'536;
    const std::size_t count = read_size(reader);
    if (count > (bytes_each == 0 ? most_of_nothing : reader.left() / bytes_each)) {
        reader.fail("more elements than bytes follow");
        return 0;
    }
    return count;
}

std::string_view read_text(base::Reader& reader)
{
    const std::size_t size = read_nullable_size(reader).value_or(0);
    const auto bytes = reader.bytes(size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace iochron::wire::pva
