// Text to numbers and back. The first byte is the precision, the rest the text.
#include "pv/convert_text.h"
#include "pv/convert.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace iochron::pv;

namespace {

void require(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

template <class T>
void integer(std::string_view text)
{
    const auto strict = parse_integer<T>(text, 0);
    const auto loose = parse_integer<T>(text, 0, Trailing::allowed);
    require(!strict || (loose && *loose == *strict));
    require(strict || !strict.error().text.empty());
    if (loose) {
        const NumberText written = std::signed_integral<T> ? format(static_cast<std::int64_t>(*loose))
                                                           : format(static_cast<std::uint64_t>(*loose));
        require(parse_integer<T>(written.view()) == *loose);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const int precision = static_cast<std::int8_t>(data[0]);
    integer<std::int8_t>(text);
    integer<std::uint8_t>(text);
    integer<std::int16_t>(text);
    integer<std::uint16_t>(text);
    integer<std::int32_t>(text);
    integer<std::uint32_t>(text);
    integer<std::int64_t>(text);
    integer<std::uint64_t>(text);
    const auto number = parse_double(text, Trailing::allowed);
    if (number) {
        require(format(*number, precision).size <= 31 && format(static_cast<float>(*number), precision).size <= 31);
        const auto back = parse_double(format(*number, 17).view());
        require(back && (*back == *number || (std::isnan(*back) && std::isnan(*number))));
    }
    Meta meta;
    meta.precision = static_cast<std::int16_t>(precision);
    meta.choices = {"off", "on", std::string(text.substr(0, 3))};
    const Value value = Value::of(text);
    for (auto type = ScalarType::none; type <= ScalarType::structure;
         type = static_cast<ScalarType>(static_cast<int>(type) + 1)) {
        const auto converted = convert(value, type, &meta);
        if (converted) {
            require(converted->type() == type);
            require(convert(*converted, ScalarType::string, &meta).has_value());
        }
    }
    return 0;
}
