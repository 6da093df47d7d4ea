#include "db/text.h"

#include "base/nearest.h"
#include "db/core.h"
#include "db/record_fields.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <limits>

namespace iochron::db {

namespace {

using Text = std::string_view;

Text trimmed(Text text)
{
    constexpr Text blanks = " \t\r\n\f\v";
    const std::size_t from = text.find_first_not_of(blanks);
    return from == Text::npos ? Text{} : text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

template <class T>
std::expected<pv::Value, std::string> parse_integer(Text text)
{
    using Limits = std::numeric_limits<T>;
    const auto wrong = [&] {
        return std::unexpected(
            fmt::format("expected an integer from {} to {}, not '{}'", Limits::min(), Limits::max(), text));
    };
    std::string copy(trimmed(text));
    if (copy.empty()) {
        return pv::Value::of(T{0});
    }
    char* end = nullptr;
    errno = 0;
    if constexpr (std::is_signed_v<T>) {
        const long long number = std::strtoll(copy.c_str(), &end, 0);
        if (errno != 0 || *end != '\0' || number < Limits::min() || number > Limits::max()) {
            return wrong();
        }
        return pv::Value::of(static_cast<T>(number));
    } else {
        const unsigned long long number = std::strtoull(copy.c_str(), &end, 0);
        if (errno != 0 || *end != '\0' || copy.front() == '-' || number > Limits::max()) {
            return wrong();
        }
        return pv::Value::of(static_cast<T>(number));
    }
}

std::expected<double, std::string> parse_double(Text text)
{
    const Text word = trimmed(text);
    double number = 0;
    const auto [at, fault] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (word.empty() || (fault == std::errc{} && at == word.data() + word.size())) {
        return number;
    }
    const std::string copy(word); // the rarer notations: "+1", "0x1p3"
    char* end = nullptr;
    number = std::strtod(copy.c_str(), &end);
    if (end == copy.c_str() || *end != '\0') {
        return std::unexpected(fmt::format("expected a number, not '{}'", text));
    }
    return number;
}

std::expected<pv::Value, std::string> parse_choice(Text text, std::span<const std::string> choices)
{
    std::vector<Text> known(choices.begin(), choices.end());
    if (const auto index = index_of(known, text)) {
        return pv::Value::enumeration(static_cast<std::uint16_t>(*index));
    }
    const auto number = parse_integer<std::uint16_t>(text);
    if (number && (number->get<std::uint16_t>() < choices.size() || number->get<std::uint16_t>() == UINT16_MAX)) {
        return pv::Value::enumeration(number->get<std::uint16_t>());
    }
    constexpr std::size_t shown = 12;
    const std::size_t listed = std::min(known.size(), shown);
    return std::unexpected(
        fmt::format("unknown choice '{}'{}; the choices are {}{}", text, base::did_you_mean(text, known),
                    fmt::join(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(listed), ", "),
                    known.size() > shown ? "..." : ""));
}

} // namespace

std::expected<pv::Value, std::string> parse_scalar(Text text, Dbf type, std::uint16_t size)
{
    switch (type) {
    case Dbf::string:
        if (text.size() >= size) {
            return std::unexpected(
                fmt::format("a text of at most {} bytes fits, this one has {}", size - 1, text.size()));
        }
        return pv::Value::of(text);
    case Dbf::int8:
        return parse_integer<std::int8_t>(text);
    case Dbf::uint8:
        return parse_integer<std::uint8_t>(text);
    case Dbf::int16:
        return parse_integer<std::int16_t>(text);
    case Dbf::uint16:
        return parse_integer<std::uint16_t>(text);
    case Dbf::int32:
        return parse_integer<std::int32_t>(text);
    case Dbf::uint32:
        return parse_integer<std::uint32_t>(text);
    case Dbf::int64:
        return parse_integer<std::int64_t>(text);
    case Dbf::uint64:
        return parse_integer<std::uint64_t>(text);
    case Dbf::float32:
    case Dbf::float64: {
        const auto number = parse_double(text);
        if (!number) {
            return std::unexpected(number.error());
        }
        return type == Dbf::float64 ? pv::Value::of(*number) : pv::Value::of(static_cast<float>(*number));
    }
    case Dbf::enumeration:
    case Dbf::menu:
    case Dbf::device: {
        const auto number = parse_integer<std::uint16_t>(text);
        return number ? std::expected<pv::Value, std::string>(pv::Value::enumeration(number->get<std::uint16_t>()))
                      : number;
    }
    default:
        return std::unexpected("this field cannot be set from a text");
    }
}

std::string format_scalar(const pv::Value& value)
{
    using pv::ScalarType;
    if (value.is_array()) {
        return fmt::format("[{} elements]", value.count());
    }
    switch (value.type()) {
    case ScalarType::none:
    case ScalarType::structure:
        return {};
    case ScalarType::string:
        return std::string(value.text());
    case ScalarType::float32:
        return fmt::format("{}", value.get<float>());
    case ScalarType::float64:
        return fmt::format("{}", value.get<double>());
    case ScalarType::int64:
        return fmt::format("{}", value.get<std::int64_t>());
    case ScalarType::uint64:
        return fmt::format("{}", value.get<std::uint64_t>());
    default:
        return fmt::format("{}", static_cast<std::int64_t>(value.as_double()));
    }
}

std::vector<std::string> Core::choices(const Record& record, const Field& field) const
{
    std::vector<std::string> texts;
    if (field.menu == &menu_scan) {
        texts.assign(scans.choices().begin(), scans.choices().end());
    } else if (field.menu != nullptr) {
        texts.assign(field.menu->choices.begin(), field.menu->choices.end());
    } else if (field.type == Dbf::device) {
        for (const Device& device : devices[record.type]) {
            texts.emplace_back(device.name);
        }
    } else if (field.type == Dbf::enumeration && type(record).choices != nullptr) {
        texts = type(record).choices(*this, record, field);
    }
    return texts;
}

std::expected<pv::Value, std::string> Core::parse(const Record& record, const Field& field, Text text)
{
    if (field.menu == &menu_scan && text != "65535") { // which is SSCN's "leave SCAN alone"
        const auto index = scans.index(text);
        if (!index) {
            return std::unexpected(index.error());
        }
        return pv::Value::enumeration(*index);
    }
    if (shape(record, field)) {
        return std::unexpected("an array cannot be set from a text; put a constant array into INP");
    }
    if (field.type == Dbf::enumeration) { // a number need not have a text
        if (auto number = parse_scalar(text, field.type, 0)) {
            return number;
        }
    }
    if (is_choice(field.type)) {
        return parse_choice(text, choices(record, field));
    }
    return parse_scalar(text, field.type, field.size);
}

std::string Core::format(const Record& record, const Field& field) const
{
    const pv::Value value = get(record, field);
    if (is_choice(field.type)) {
        const std::vector<std::string> texts = choices(record, field);
        const auto index = value.get<std::uint16_t>();
        if (index < texts.size()) {
            return texts[index];
        }
    }
    return format_scalar(value);
}

} // namespace iochron::db
