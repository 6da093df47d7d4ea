#include "pv/print.h"

#include "pv/plain_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::pv {
namespace {

bool is_printable(char c)
{
    return c >= ' ' && c <= '~';
}

bool needs_quotes(std::string_view text)
{
    return std::ranges::any_of(text, [](char c) { return !is_printable(c) || std::string_view(" \\'\"").contains(c); });
}

template <class T>
std::string number_text(T number)
{
    if constexpr (std::floating_point<T>) {
        return fmt::format("{:.6g}", number);
    } else {
        return fmt::format("{}", number); // a boolean is true or false
    }
}

template <class T>
T number_at(const Value& value, std::size_t i)
{
    return value.is_array() ? value.elements<T>()[i] : value.get<T>();
}

} // namespace

std::string escaped(std::string_view text)
{
    constexpr std::string_view special = "\a\b\f\n\r\t\v\\'\"";
    constexpr std::string_view names = "abfnrtv\\'\"";
    std::string out;
    for (const char c : text) {
        if (const auto at = special.find(c); at != std::string_view::npos) {
            out += {'\\', names[at]};
        } else if (is_printable(c)) {
            out += c;
        } else {
            out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

std::string plain_element(const Value& value, std::size_t i)
{
    switch (value.type()) {
    case ScalarType::boolean:
        return number_text(number_at<bool>(value, i));
    case ScalarType::int8:
        return number_text(int{number_at<std::int8_t>(value, i)});
    case ScalarType::uint8:
        return number_text(int{number_at<std::uint8_t>(value, i)});
    case ScalarType::int16:
        return number_text(number_at<std::int16_t>(value, i));
    case ScalarType::uint16:
    case ScalarType::enumeration:
        return number_text(number_at<std::uint16_t>(value, i));
    case ScalarType::int32:
        return number_text(number_at<std::int32_t>(value, i));
    case ScalarType::uint32:
        return number_text(number_at<std::uint32_t>(value, i));
    case ScalarType::int64:
        return number_text(number_at<std::int64_t>(value, i));
    case ScalarType::uint64:
        return number_text(number_at<std::uint64_t>(value, i));
    case ScalarType::float32:
        return number_text(number_at<float>(value, i));
    case ScalarType::float64:
        return number_text(number_at<double>(value, i));
    case ScalarType::string:
        return std::string(value.is_array() ? value.text_at(i) : value.text());
    case ScalarType::none:
    case ScalarType::structure:
        break;
    }
    return {};
}

std::string plain_text(const Value& value)
{
    const bool texts = value.type() == ScalarType::string;
    const auto element = [&](std::size_t i) {
        std::string text = plain_element(value, i);
        return texts && needs_quotes(text) ? '"' + escaped(text) + '"' : text;
    };
    if (!value.is_array()) {
        return element(0);
    }
    std::string all = "[";
    for (std::size_t i = 0; i < value.count(); ++i) {
        all += (i == 0 ? "" : texts ? ", " : ",") + element(i);
    }
    return all + ']';
}

} // namespace iochron::pv
