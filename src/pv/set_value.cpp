#include "pv/set_value.h"

#include "pv/convert.h"

#include <array>
#include <cstring>
#include <string>

namespace iochron::pv {
namespace {

Value array_of_one(const Value& value)
{
    if (value.is_text()) {
        const std::array<std::string, 1> texts = {std::string(value.text())};
        return Value::string_array(texts);
    }
    const std::size_t bytes = element_bytes(value.type());
    const std::uint64_t bits = value.bits();
    BufferRef buffer = BufferRef::make(bytes);
    std::memcpy(buffer->fill(), &bits, bytes);
    const bool is_choice = value.type() == ScalarType::enumeration;
    return Value::array(is_choice ? ScalarType::uint16 : value.type(), std::move(buffer), 1);
}

/// The value in the form in which the field takes it.
std::expected<Value, Status> fitted(const Type& field, const Value& value)
{
    if (field.is(Type::Form::array) && !value.is_array() && !value.is_compound() && !value.empty()) {
        return array_of_one(value);
    }
    if (field.is(Type::Form::scalar) && value.is_array()) {
        return convert_to_scalar(value, field.scalar(), nullptr);
    }
    return value;
}

/// The index that a text says: a choice of the enumeration, else a number.
Value index_of(const Structure& structure, const Value& value)
{
    const Value* const choices = structure.find("value.choices");
    const bool named = value.is_text() && choices != nullptr && choices->is_array();
    for (std::size_t i = 0; named && i < choices->count(); ++i) {
        if (choices->text_at(i) == value.text()) {
            return Value::of(static_cast<std::int32_t>(i));
        }
    }
    return value;
}

} // namespace

Status set_value(Structure& structure, const Structure& choices, const Value& value)
{
    if (const auto index = structure.type()->find("value.index")) {
        return structure.set(*index, index_of(choices, value));
    }
    const auto field = structure.type()->find("value");
    if (!field) {
        return structure.set("value", value); // which says what is wrong
    }
    const auto taken = fitted(*structure.type()->fields()[*field].type, value);
    return taken ? structure.set(*field, *taken) : taken.error();
}

Status set_value(Structure& structure, const Value& value, base::Stamp time)
{
    Status status = set_value(structure, structure, value);
    if (status.ok() && time.ns != base::undefined_stamp.ns) {
        set_time(structure, time);
    }
    return status;
}

void set_time(Structure& structure, base::Stamp time)
{
    constexpr std::int64_t second = 1'000'000'000;
    if (structure.type()->find("timeStamp.nanoseconds").has_value()) {
        structure.set("timeStamp.secondsPastEpoch", time.ns / second);
        structure.set("timeStamp.nanoseconds", static_cast<std::int32_t>(time.ns % second));
    }
}

} // namespace iochron::pv
