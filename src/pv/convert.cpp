#include "pv/convert.h"

#include "pv/convert_text.h"

#include <fmt/format.h>

#include <vector>

namespace iochron::pv {

namespace {

constexpr int default_precision = 6; // where a record type has none

Status refusal(ScalarType from, ScalarType to)
{
    return {Outcome::no_conversion, fmt::format("{} cannot be made a {}", to_string(from), to_string(to))};
}

/// Calls f with a null pointer of the C++ type of the numbers: f((double*)nullptr). False for other types.
template <class F>
bool with_number_type(ScalarType type, F f)
{
    switch (type) {
    case ScalarType::boolean:
        return f(static_cast<bool*>(nullptr)), true;
    case ScalarType::int8:
        return f(static_cast<std::int8_t*>(nullptr)), true;
    case ScalarType::uint8:
        return f(static_cast<std::uint8_t*>(nullptr)), true;
    case ScalarType::int16:
        return f(static_cast<std::int16_t*>(nullptr)), true;
    case ScalarType::uint16:
    case ScalarType::enumeration:
        return f(static_cast<std::uint16_t*>(nullptr)), true;
    case ScalarType::int32:
        return f(static_cast<std::int32_t*>(nullptr)), true;
    case ScalarType::uint32:
        return f(static_cast<std::uint32_t*>(nullptr)), true;
    case ScalarType::int64:
        return f(static_cast<std::int64_t*>(nullptr)), true;
    case ScalarType::uint64:
        return f(static_cast<std::uint64_t*>(nullptr)), true;
    case ScalarType::float32:
        return f(static_cast<float*>(nullptr)), true;
    case ScalarType::float64:
        return f(static_cast<double*>(nullptr)), true;
    default:
        return false;
    }
}

template <class T>
T number_at(const Value& value, std::size_t i)
{
    return value.is_array() ? value.elements<T>()[i] : value.get<T>();
}

template <class T>
Value scalar_of(T number, ScalarType type)
{
    if constexpr (std::same_as<T, std::uint16_t>) {
        if (type == ScalarType::enumeration) {
            return Value::enumeration(number);
        }
    }
    return Value::of(number);
}

template <class To, class From>
Value numbers_to(const Value& from, ScalarType to)
{
    if (!from.is_array()) {
        return scalar_of(number_cast<To>(from.get<From>()), to);
    }
    const std::span<const From> source = from.elements<From>();
    BufferRef buffer = BufferRef::make(source.size() * sizeof(To));
    auto* const target = reinterpret_cast<To*>(buffer->fill());
    for (std::size_t i = 0; i < source.size(); ++i) {
        target[i] = number_cast<To>(source[i]);
    }
    return Value::array(to, std::move(buffer), source.size());
}

std::string number_text(const Value& from, std::size_t i, const Meta* meta)
{
    const int precision = meta == nullptr || meta->lacks_precision ? default_precision : meta->precision;
    std::string text;
    with_number_type(from.type(), [&]<class T>(T*) {
        const T number = number_at<T>(from, i);
        if constexpr (std::floating_point<T>) {
            text = format(number, precision).view();
        } else if constexpr (std::unsigned_integral<T>) {
            text = format(static_cast<std::uint64_t>(number)).view();
        } else {
            text = format(static_cast<std::int64_t>(number)).view();
        }
    });
    return text;
}

std::string choice_text(const Value& from, std::size_t i, const Meta* meta)
{
    const std::size_t index = number_at<std::uint16_t>(from, i);
    if (meta != nullptr && index < meta->choices.size()) {
        return meta->choices[index];
    }
    constexpr std::size_t states = 16;
    switch (meta == nullptr ? NoChoice::number : meta->no_choice) {
    case NoChoice::underscored:
        return index < 2 ? "" : "Illegal_Value";
    case NoChoice::states:
        return index < states ? "" : "Illegal Value";
    case NoChoice::words:
        if (!meta->choices.empty()) {
            return "Illegal Value";
        }
        [[fallthrough]];
    default:
        return number_text(from, i, meta);
    }
}

/// Digits alone are an integer and keep strtoul's ways ("-1" is the largest); else the number must be in range.
std::expected<std::uint32_t, Status> uint32_of_text(std::string_view text)
{
    const auto integer = parse_integer<std::uint32_t>(text, 0);
    if (integer) {
        return integer;
    }
    const auto number = parse_double(text, Trailing::allowed);
    if (!number) {
        return std::unexpected(number.error());
    }
    if (!(*number >= 0 && *number <= std::numeric_limits<std::uint32_t>::max())) {
        return std::unexpected(integer.error());
    }
    return static_cast<std::uint32_t>(*number);
}

template <std::floating_point T>
std::expected<T, Status> float_of_text(std::string_view text)
{
    const auto number = parse_double(text, Trailing::allowed);
    if constexpr (std::same_as<T, float>) {
        using Float = std::numeric_limits<float>;
        const double magnitude = number ? std::fabs(*number) : 0;
        if (std::isfinite(magnitude) &&
            (magnitude >= Float::max() || (number && *number > 0 && magnitude <= Float::min()))) {
            return std::unexpected(
                Status{Outcome::no_conversion, fmt::format("\"{}\" is out of the range of a float", text)});
        }
    }
    return number ? std::expected<T, Status>(static_cast<T>(*number)) : std::unexpected(number.error());
}

/// As the database parses: an empty text is 0, and what follows the number is its unit.
template <class T>
std::expected<T, Status> number_of_text(std::string_view text)
{
    if (text.empty()) {
        return T{};
    }
    if constexpr (std::same_as<T, bool>) {
        const auto number = parse_integer<std::int64_t>(text, 0, Trailing::allowed);
        return number ? std::expected<T, Status>(*number != 0) : std::unexpected(number.error());
    } else if constexpr (std::floating_point<T>) {
        return float_of_text<T>(text);
    } else if constexpr (std::same_as<T, std::uint32_t>) { // a double to CA, so it may be written like one
        return uint32_of_text(text);
    } else {
        return parse_integer<T>(text, 0, Trailing::allowed);
    }
}

std::expected<Value, Status> text_to_number(std::string_view text, ScalarType to, const Meta* meta)
{
    if (to == ScalarType::enumeration) {
        const auto index = choice_index(text, meta == nullptr ? std::span<const std::string>{} : meta->choices);
        return index ? std::expected<Value, Status>(Value::enumeration(*index)) : std::unexpected(index.error());
    }
    std::expected<Value, Status> result = std::unexpected(refusal(ScalarType::string, to));
    with_number_type(to, [&]<class T>(T*) {
        const auto number = number_of_text<T>(text);
        if (number) {
            result = Value::of(*number);
        } else {
            result = std::unexpected(number.error());
        }
    });
    return result;
}

std::expected<Value, Status> texts_to_numbers(const Value& from, ScalarType to, const Meta* meta)
{
    const std::size_t bytes = element_bytes(to);
    BufferRef buffer = BufferRef::make(from.count() * bytes);
    for (std::size_t i = 0; i < from.count(); ++i) {
        const auto number = text_to_number(from.text_at(i), to, meta);
        if (!number) {
            return std::unexpected(number.error());
        }
        const std::uint64_t bits = number->bits();
        std::memcpy(buffer->fill() + i * bytes, &bits, bytes);
    }
    return Value::array(to, std::move(buffer), from.count());
}

Value numbers_to_texts(const Value& from, const Meta* meta)
{
    if (!from.is_array()) {
        return Value::of(std::string_view(element_text(from, 0, meta)));
    }
    std::vector<std::string> texts(from.count());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        texts[i] = element_text(from, i, meta);
    }
    return Value::string_array(texts);
}

bool is_convertible(ScalarType type)
{
    return type != ScalarType::none && type != ScalarType::structure;
}

} // namespace

std::string element_text(const Value& from, std::size_t i, const Meta* meta)
{
    if (from.type() == ScalarType::string) {
        return std::string(from.is_array() ? from.text_at(i) : from.text());
    }
    return from.type() == ScalarType::enumeration ? choice_text(from, i, meta) : number_text(from, i, meta);
}

std::expected<Value, Status> convert(const Value& from, ScalarType to, const Meta* meta)
{
    if (from.type() == to) {
        return from;
    }
    if (!is_convertible(from.type()) || !is_convertible(to)) {
        return std::unexpected(refusal(from.type(), to));
    }
    if (to == ScalarType::string) {
        return numbers_to_texts(from, meta);
    }
    if (from.type() == ScalarType::string) {
        return from.is_array() ? texts_to_numbers(from, to, meta) : text_to_number(from.text(), to, meta);
    }
    Value result;
    with_number_type(from.type(), [&]<class From>(From*) {
        with_number_type(to, [&]<class To>(To*) { result = numbers_to<To, From>(from, to); });
    });
    return result;
}

std::expected<Value, Status> convert_to_scalar(const Value& from, ScalarType to, const Meta* meta)
{
    if (!from.is_array()) {
        return convert(from, to, meta);
    }
    if (from.count() == 0) {
        return std::unexpected(Status{Outcome::bad_count, "the array has no elements"});
    }
    Value first;
    if (from.type() == ScalarType::string) {
        first = Value::of(from.text_at(0));
    } else {
        with_number_type(from.type(), [&]<class T>(T*) { first = scalar_of(from.elements<T>()[0], from.type()); });
    }
    return convert(first, to, meta);
}

std::expected<double, Status> to_double(const Value& from)
{
    if (!from.is_array() && (is_number(from.type()) || from.type() == ScalarType::enumeration)) {
        return from.as_double();
    }
    const auto number = convert_to_scalar(from, ScalarType::float64, nullptr);
    return number ? std::expected<double, Status>(number->get<double>()) : std::unexpected(number.error());
}

std::string_view text_of_characters(const Value& characters)
{
    const std::span<const std::byte> bytes = characters.bytes();
    const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return all.substr(0, all.find('\0'));
}

Value characters_of_text(std::string_view text)
{
    BufferRef buffer = BufferRef::make(text.size() + 1);
    std::memcpy(buffer->fill(), text.data(), text.size());
    buffer->fill()[text.size()] = std::byte{0};
    return Value::array(ScalarType::int8, std::move(buffer), text.size() + 1);
}

} // namespace iochron::pv
