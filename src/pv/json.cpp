#include "pv/plain_text.h"
#include "pv/print.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace iochron::pv {
namespace {

std::string quoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
        case '"':
        case '\\':
            out += {'\\', c};
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            out += static_cast<unsigned char>(c) < ' ' ? fmt::format("\\u{:04x}", c) : std::string(1, c);
        }
    }
    return out + '"';
}

template <class F>
std::string float_text(F number)
{
    return std::isnan(number)   ? "NaN"
           : std::isinf(number) ? (number < 0 ? "-Infinity" : "Infinity")
                                : fmt::format("{}", number);
}

std::string element_json(const Value& value, std::size_t i)
{
    switch (value.type()) {
    case ScalarType::float32:
        return float_text(value.is_array() ? value.elements<float>()[i] : value.get<float>());
    case ScalarType::float64:
        return float_text(value.is_array() ? value.elements<double>()[i] : value.get<double>());
    case ScalarType::string:
        return quoted(value.is_array() ? value.text_at(i) : value.text());
    default:
        return plain_element(value, i);
    }
}

std::string list_json(std::size_t count, auto element)
{
    std::string all = "[";
    for (std::size_t i = 0; i < count; ++i) {
        all += (i == 0 ? "" : ",") + element(i);
    }
    return all + ']';
}

std::string members_json(const Structure& structure, std::uint32_t field, bool marked_only)
{
    const auto fields = structure.type()->fields();
    std::string all = "{";
    for (std::uint32_t i = field + 1; i < fields[field].end; i = fields[i].end) {
        if (marked_only && !structure.is_marked(i)) {
            continue;
        }
        all += (all.size() == 1 ? "" : ",") + quoted(fields[i].name) + ':' +
               (fields[i].type->is(Type::Form::structure) ? members_json(structure, i, marked_only)
                                                          : to_json(structure.at(i)));
    }
    return all + '}';
}

} // namespace

std::string to_json(const Structure& structure, bool marked_only)
{
    return members_json(structure, 0, marked_only);
}

std::string to_json(const Value& value)
{
    if (const Structure* structure = value.structure()) {
        return to_json(*structure);
    }
    if (const Choice* choice = value.choice()) {
        return choice->selected == Choice::none ? "null" : to_json(choice->value);
    }
    if (const Any* any = value.any()) {
        return any->type ? to_json(any->value) : "null";
    }
    if (const std::vector<Value>* elements = value.compounds()) {
        return list_json(elements->size(), [&](std::size_t i) { return to_json((*elements)[i]); });
    }
    if (value.is_array()) {
        return list_json(value.count(), [&](std::size_t i) { return element_json(value, i); });
    }
    return value.empty() ? "null" : element_json(value, 0);
}

} // namespace iochron::pv
