#include "pv/value.h"

#include "pv/compound.h"

#include <limits>

namespace iochron::pv {

void Value::adopt(BufferRef buffer, Kind kind, ScalarType type, std::size_t count) noexcept
{
    bits_ = std::bit_cast<std::uint64_t>(std::exchange(buffer.buffer_, nullptr));
    count_ = static_cast<std::uint32_t>(count);
    type_ = type;
    kind_ = kind;
}

Value Value::of(std::string_view text)
{
    BufferRef buffer = BufferRef::make(text.size());
    if (!text.empty()) {
        std::memcpy(buffer->fill(), text.data(), text.size());
    }
    Value value;
    value.adopt(std::move(buffer), Kind::text, ScalarType::string, text.size());
    return value;
}

Value Value::array(ScalarType type, BufferRef elements, std::size_t count) noexcept
{
    assert(type == ScalarType::string || elements->capacity() >= count * element_bytes(type));
    Value value;
    value.adopt(std::move(elements), Kind::array, type, count);
    return value;
}

// A string array's buffer: n + 1 offsets of 32 bits from the end of the offsets, then the characters.
Value Value::string_array(std::span<const std::string> texts)
{
    std::size_t characters = 0;
    for (const std::string& text : texts) {
        characters += text.size();
    }
    const std::size_t table = (texts.size() + 1) * sizeof(std::uint32_t);
    BufferRef buffer = BufferRef::make(table + characters);
    std::byte* const base = buffer->fill();
    std::uint32_t offset = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        std::memcpy(base + i * sizeof offset, &offset, sizeof offset);
        std::memcpy(base + table + offset, texts[i].data(), texts[i].size());
        offset += static_cast<std::uint32_t>(texts[i].size());
    }
    std::memcpy(base + texts.size() * sizeof offset, &offset, sizeof offset);
    return array(ScalarType::string, std::move(buffer), texts.size());
}

std::string_view Value::text_at(std::size_t i) const noexcept
{
    assert(is_array() && type_ == ScalarType::string && i < count_);
    const auto* const offsets = reinterpret_cast<const std::uint32_t*>(buffer()->data());
    const auto* const characters = reinterpret_cast<const char*>(offsets + count_ + 1);
    return {characters + offsets[i], offsets[i + 1] - offsets[i]};
}

double Value::as_double() const noexcept
{
    if (kind_ != Kind::number) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    switch (type_) {
    case ScalarType::boolean:
        return get<bool>() ? 1 : 0;
    case ScalarType::int8:
        return get<std::int8_t>();
    case ScalarType::uint8:
        return get<std::uint8_t>();
    case ScalarType::int16:
        return get<std::int16_t>();
    case ScalarType::uint16:
    case ScalarType::enumeration:
        return get<std::uint16_t>();
    case ScalarType::int32:
        return get<std::int32_t>();
    case ScalarType::uint32:
        return get<std::uint32_t>();
    case ScalarType::int64:
        return static_cast<double>(get<std::int64_t>());
    case ScalarType::uint64:
        return static_cast<double>(get<std::uint64_t>());
    case ScalarType::float32:
        return static_cast<double>(get<float>());
    case ScalarType::float64:
        return get<double>();
    default:
        return std::numeric_limits<double>::quiet_NaN();
    }
}

Value Value::zero(ScalarType type) noexcept
{
    Value value;
    value.type_ = is_number(type) || type == ScalarType::enumeration ? type : ScalarType::none;
    return value;
}

Value Value::zeros(ScalarType type, std::size_t count)
{
    if (type == ScalarType::string) {
        return string_array(std::vector<std::string>(count));
    }
    BufferRef buffer = BufferRef::make(count * element_bytes(type));
    std::memset(buffer->fill(), 0, count * element_bytes(type));
    return array(type, std::move(buffer), count);
}

bool Value::operator==(const Value& other) const noexcept
{
    if (type_ != other.type_ || kind_ != other.kind_ || count_ != other.count_) {
        return false;
    }
    if (kind_ == Kind::number) {
        return bits_ == other.bits_;
    }
    if (kind_ == Kind::text) {
        return text() == other.text();
    }
    if (kind_ == Kind::compound) {
        return compound() == other.compound() || compound()->content == other.compound()->content;
    }
    if (type_ != ScalarType::string) {
        return count_ == 0 || std::memcmp(bytes().data(), other.bytes().data(), bytes().size()) == 0;
    }
    for (std::size_t i = 0; i < count_; ++i) {
        if (text_at(i) != other.text_at(i)) {
            return false;
        }
    }
    return true;
}

} // namespace iochron::pv
