#include "db/arrays.h"

#include "pv/convert.h"

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace iochron::db {

namespace {

pv::Value one_element(const pv::Value& scalar)
{
    if (scalar.type() == pv::ScalarType::string) {
        return pv::Value::string_array(std::array{std::string(scalar.text())});
    }
    const std::size_t bytes = element_bytes(scalar.type());
    const std::uint64_t bits = scalar.bits();
    pv::BufferRef buffer = pv::BufferRef::make(bytes);
    std::memcpy(buffer->fill(), &bits, bytes);
    return pv::Value::array(scalar.type(), std::move(buffer), 1);
}

pv::Value cut(const pv::Value& array, std::size_t count)
{
    if (array.type() != pv::ScalarType::string) {
        return pv::Value::array(array.type(), array.elements_owner(), count);
    }
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i) {
        texts.emplace_back(array.text_at(i));
    }
    return pv::Value::string_array(texts);
}

} // namespace

std::expected<pv::Value, pv::Status> array_of_shape(const pv::Value& value, Shape shape)
{
    auto converted = pv::convert(value, shape.type, nullptr);
    if (!converted) {
        return converted;
    }
    const pv::Value array = converted->is_array() ? *std::move(converted) : one_element(*converted);
    return array.count() > shape.max_count ? cut(array, shape.max_count) : array;
}

} // namespace iochron::db
