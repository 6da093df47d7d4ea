#include "cli/ca_style.h"

#include "pv/convert.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <ctime>
#include <iterator>

namespace iochron::cli {
namespace {

/// Letters that would break a line as C writes them.
std::string escaped(std::string_view text)
{
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '\a':
            result += "\\a";
            break;
        case '\b':
            result += "\\b";
            break;
        case '\f':
            result += "\\f";
            break;
        case '\n':
            result += "\\n";
            break;
        case '\r':
            result += "\\r";
            break;
        case '\t':
            result += "\\t";
            break;
        case '\v':
            result += "\\v";
            break;
        case '\\':
            result += "\\\\";
            break;
        case '\'':
            result += "\\'";
            break;
        case '"':
            result += "\\\"";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) {
                result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            } else {
                result += c;
            }
        }
    }
    return result;
}

std::string integer_text(std::int32_t number, CaStyle::Integer form)
{
    const auto bits = static_cast<std::uint32_t>(number);
    switch (form) {
    case CaStyle::Integer::binary:
        return fmt::format("{:b}", bits);
    case CaStyle::Integer::octal:
        return fmt::format("0o{:o}", bits);
    case CaStyle::Integer::hexadecimal:
        return fmt::format("0x{:X}", bits);
    case CaStyle::Integer::decimal:
        break;
    }
    return fmt::format("{}", number);
}

std::string float_text(double number, const CaStyle& style)
{
    if (style.rounded != CaStyle::Integer::decimal) {
        return integer_text(pv::number_cast<std::int32_t>(number > 0 ? number + 0.5 : number - 0.5), style.rounded);
    }
    const int digits = style.digits < 0 ? 6 : style.digits;
    switch (style.float_form) {
    case 'e':
        return fmt::format("{:.{}e}", number, digits);
    case 'f':
        return fmt::format("{:.{}f}", number, digits);
    default:
        return fmt::format("{:.{}g}", number, digits);
    }
}

/// Element i of a scalar or array of numbers of type T.
template <class T>
T number_at(const pv::Value& value, std::size_t i)
{
    return value.is_array() ? value.elements<T>()[i] : value.get<T>();
}

std::string choice_text(std::uint16_t index, const pv::Meta* meta)
{
    if (meta == nullptr) {
        return fmt::format("{}", index);
    }
    if (index >= wire::ca::choices_max) {
        return fmt::format("Illegal Value ({})", index);
    }
    return index < meta->choices.size() ? meta->choices[index] : fmt::format("Enum Index Overflow ({})", index);
}

/// The letter that stands behind a backslash, where it is one of C's short forms.
char short_escape(char letter)
{
    constexpr std::string_view letters = "abfnrtv";
    constexpr std::string_view meanings = "\a\b\f\n\r\t\v";
    const std::size_t found = letters.find(letter);
    return found == std::string_view::npos ? letter : meanings[found];
}

} // namespace

std::string unescaped(std::string_view text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            result += text[i++];
            continue;
        }
        if (text[i + 1] == '0') {
            result += '\0';
            i += 2;
            continue;
        }
        const std::string_view digits = text[i + 1] == 'x' ? text.substr(i + 2, 2) : std::string_view();
        unsigned code = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        if (error == std::errc{}) {
            result += static_cast<char>(code);
            i = static_cast<std::size_t>(end - text.data());
        } else {
            result += short_escape(text[i + 1]);
            i += 2;
        }
    }
    return result;
}

std::string element_text(const pv::Value& value, std::size_t i, const CaStyle& style, const pv::Meta* meta)
{
    using pv::ScalarType;
    switch (value.type()) {
    case ScalarType::string:
        return escaped(value.is_array() ? value.text_at(i) : value.text());
    case ScalarType::float32:
        return float_text(static_cast<double>(number_at<float>(value, i)), style);
    case ScalarType::float64:
        return float_text(number_at<double>(value, i), style);
    case ScalarType::uint8: // a CHAR, which EPICS' tools take for signed
        return fmt::format("{}", static_cast<std::int8_t>(number_at<std::uint8_t>(value, i)));
    case ScalarType::int8:
        return fmt::format("{}", number_at<std::int8_t>(value, i));
    case ScalarType::int16:
        return integer_text(number_at<std::int16_t>(value, i), style.integers);
    case ScalarType::int32:
        return integer_text(number_at<std::int32_t>(value, i), style.integers);
    case ScalarType::enumeration:
        return choice_text(number_at<std::uint16_t>(value, i), style.enums_as_numbers ? nullptr : meta);
    default:
        return pv::element_text(value, i, meta);
    }
}

std::string elements_text(const pv::Value& value, const CaStyle& style, const pv::Meta* meta)
{
    if (style.chars_as_text && value.is_array() && pv::element_bytes(value.type()) == 1) {
        const auto bytes = value.bytes();
        const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return escaped(all.substr(0, all.find('\0')));
    }
    std::string text;
    for (std::size_t i = 0; i < value.count(); ++i) {
        if (i > 0) {
            text += style.separator;
        }
        text += element_text(value, i, style, meta);
    }
    return text;
}

std::string value_text(const pv::Value& value, const CaStyle& style, bool counted)
{
    const bool as_text = style.chars_as_text && value.is_array() && pv::element_bytes(value.type()) == 1;
    const std::string elements = elements_text(value, style);
    if (as_text || (!counted && value.count() <= 1)) {
        return elements;
    }
    return fmt::format("{}{}{}", value.count(), style.separator, elements);
}

std::string name_text(const std::string& name, std::size_t count, const CaStyle& style)
{
    return fmt::format("{:<{}}{}", name, count <= 1 && style.separator == ' ' ? 30 : 0, style.separator);
}

std::string stamp_text(base::Stamp stamp)
{
    const std::int64_t seconds = stamp.ns / 1'000'000'000;
    if (stamp == base::undefined_stamp) {
        return "<undefined>";
    }
    return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:06}", fmt::localtime(static_cast<std::time_t>(seconds)),
                       stamp.ns % 1'000'000'000 / 1000);
}

std::string alarm_text(const pv::Alarm& alarm, const CaStyle& style)
{
    if (alarm == pv::Alarm{}) {
        return {style.separator, style.separator};
    }
    return fmt::format("{0}{1}{0}{2}", style.separator, pv::alarm_status_names[static_cast<std::size_t>(alarm.status)],
                       pv::severity_names[static_cast<std::size_t>(alarm.severity)]);
}

std::string extra_text(const pv::Sample& sample, wire::ca::Dbr type)
{
    using wire::ca::Family;
    const Family family = wire::ca::family(type);
    if (family == Family::plain || type == wire::ca::Dbr::class_name) {
        return {};
    }
    std::string text;
    const auto line = [to = std::back_inserter(text)](std::string_view title, const auto& value) {
        fmt::format_to(to, "    {:<18}{}\n", fmt::format("{}:", title), value);
    };
    if (family == Family::time) {
        line("Timestamp", stamp_text(sample.time));
    }
    line("Status", pv::alarm_status_names[static_cast<std::size_t>(sample.alarm.status)]);
    line("Severity", pv::severity_names[static_cast<std::size_t>(sample.alarm.severity)]);
    if (type == wire::ca::Dbr::stsack_string) {
        line("Ack transient?", sample.acknowledgement.transient ? "YES" : "NO");
        line("Ack severity", pv::severity_names[static_cast<std::size_t>(sample.acknowledgement.severity)]);
    }
    const auto native = wire::ca::native(type);
    if (sample.meta == nullptr || family == Family::time || family == Family::sts || native == wire::ca::Dbr::string) {
        return text;
    }
    const pv::Meta& meta = *sample.meta;
    if (native == wire::ca::Dbr::enum_) {
        line("Enums", fmt::format("({:2})", meta.choices.size()));
        for (std::size_t i = 0; i < meta.choices.size(); ++i) {
            fmt::format_to(std::back_inserter(text), "                      [{:2}] {}\n", i, meta.choices[i]);
        }
        return text;
    }
    const bool is_float = native == wire::ca::Dbr::float_ || native == wire::ca::Dbr::double_;
    const auto limit = [&](std::string_view title, double value) {
        const auto whole = pv::number_cast<std::int32_t>(value);
        const int shown = native == wire::ca::Dbr::char_ ? static_cast<std::int8_t>(whole) : whole; // as EPICS' tools
        line(title, is_float ? fmt::format("{:g}", value) : fmt::format("{:8}", shown));
    };
    line("Units", meta.units);
    if (is_float) {
        line("Precision", meta.precision);
    }
    limit("Lo disp limit", meta.display.low);
    limit("Hi disp limit", meta.display.high);
    limit("Lo alarm limit", meta.lolo);
    limit("Lo warn limit", meta.low);
    limit("Hi warn limit", meta.high);
    limit("Hi alarm limit", meta.hihi);
    if (family == Family::ctrl) {
        limit("Lo ctrl limit", meta.control.low);
        limit("Hi ctrl limit", meta.control.high);
    }
    return text;
}

std::string host_text(const base::Endpoint& server)
{
    return server.address == base::ipv4_loopback ? fmt::format("localhost:{}", server.port) : base::to_string(server);
}

} // namespace iochron::cli
