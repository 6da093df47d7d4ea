#include "cli/pv_value.h"

#include "base/problem.h"
#include "pv/convert_text.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace iochron::cli {
namespace {

using nlohmann::json;

constexpr int most_depth = pv::Type::max_depth;

/// Refused beyond the depth that servers read.
bool keep_unless_too_deep(int depth, json::parse_event_t /*event*/, const json& /*parsed*/)
{
    if (depth > most_depth) {
        throw base::Problem(fmt::format("JSON nests deeper than {}", most_depth));
    }
    return true;
}

json parsed(std::string_view text)
{
    try {
        return json::parse(text, keep_unless_too_deep);
    } catch (const json::exception& error) {
        throw base::Problem(fmt::format("no JSON: {} ({})", text, error.what()));
    }
}

template <class T>
pv::Value array_of(const json& list)
{
    std::vector<T> elements;
    for (const json& element : list) {
        elements.push_back(element.get<T>());
    }
    return pv::Value::array_of(std::span<const T>(elements));
}

bool all(const json& list, bool (json::*is)() const noexcept)
{
    return std::ranges::all_of(list, [is](const json& element) { return (element.*is)(); });
}

bool is_beyond_int64(const json& value)
{
    return value.is_number_unsigned() && value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max();
}

pv::Value value_of(const json& value);

pv::Value list_of(const json& list)
{
    if (std::ranges::any_of(list, is_beyond_int64) && all(list, &json::is_number_unsigned)) {
        return array_of<std::uint64_t>(list);
    }
    if (all(list, &json::is_number_integer) && std::ranges::none_of(list, is_beyond_int64)) {
        return array_of<std::int64_t>(list);
    }
    if (all(list, &json::is_number)) {
        return array_of<double>(list);
    }
    if (all(list, &json::is_string)) {
        return pv::Value::string_array(list.get<std::vector<std::string>>());
    }
    if (all(list, &json::is_boolean)) {
        pv::BufferRef bytes = pv::BufferRef::make(list.size());
        std::ranges::transform(list, bytes->fill(), [](const json& one) { return std::byte{one.get<bool>()}; });
        return pv::Value::array(pv::ScalarType::boolean, std::move(bytes), list.size());
    }
    std::vector<pv::Value> elements;
    for (const json& element : list) {
        elements.push_back(value_of(element));
    }
    return pv::Value::compounds(std::move(elements));
}

pv::Value value_of(const json& value)
{
    switch (value.type()) {
    case json::value_t::boolean:
        return pv::Value::of(value.get<bool>());
    case json::value_t::number_unsigned:
        if (is_beyond_int64(value)) {
            return pv::Value::of(value.get<std::uint64_t>());
        }
        return pv::Value::of(value.get<std::int64_t>());
    case json::value_t::number_integer:
        return pv::Value::of(value.get<std::int64_t>());
    case json::value_t::number_float:
        return pv::Value::of(value.get<double>());
    case json::value_t::string:
        return pv::Value::of(std::string_view(value.get_ref<const std::string&>()));
    case json::value_t::array:
        return list_of(value);
    case json::value_t::object:
        break;
    default:
        return {};
    }
    std::vector<pv::Member> members;
    std::vector<pv::Value> values;
    for (const auto& [name, member] : value.items()) {
        values.push_back(value_of(member));
        pv::TypeRef type = type_of(values.back());
        if (!type) {
            throw base::Problem(fmt::format("\"{}\" has no value from which its type could be known", name));
        }
        members.push_back({name, std::move(type)});
    }
    pv::Structure structure(pv::structure("", std::move(members)));
    for (std::size_t i = 0; i < values.size(); ++i) {
        (void)structure.set(structure.type()->members()[i].name, values[i]); // its own type
    }
    return pv::Value::of(std::move(structure));
}

void set(pv::Structure& put, const std::string& path, const pv::Value& value)
{
    if (const pv::Status status = put.set(path, value); !status.ok()) {
        throw base::Problem(status.text);
    }
}

/// JSON for one field, or all of a structure; null leaves a field alone.
void assign(pv::Structure& put, const std::string& path, const json& value)
{
    const auto field = put.type()->find(path);
    if (!field) {
        throw base::Problem(fmt::format("there is no field {}", path));
    }
    const pv::Type& type = *put.type()->fields()[*field].type;
    if (value.is_object() && type.is(pv::Type::Form::structure)) {
        for (const auto& [name, member] : value.items()) {
            assign(put, path.empty() ? name : path + '.' + name, member);
        }
    } else if (value.is_array() && type.is(pv::Type::Form::structure_array)) {
        std::vector<pv::Value> elements;
        for (const json& element : value) {
            pv::Structure one(type.element());
            if (!element.is_null()) {
                assign(one, "", element);
            }
            elements.push_back(element.is_null() ? pv::Value{} : pv::Value::of(std::move(one)));
        }
        set(put, path, pv::Value::compounds(std::move(elements)));
    } else if (value.is_array() && value.empty() && type.is(pv::Type::Form::array)) {
        set(put, path, pv::Value::zeros(type.scalar(), 0));
    } else if (!value.is_null()) {
        set(put, path, value_of(value));
    }
}

bool is_json(std::string_view text)
{
    return text.starts_with('[') || text.starts_with('{');
}

/// One text for a scalar, or the choice of an enumeration.
void put_text(pv::Structure& put, const std::string& text, const pv::Structure& state)
{
    const auto field = put.type()->find("value");
    if (!field) {
        throw base::Problem("the structure has no field \"value\": give FIELD=VALUE or JSON");
    }
    const pv::Type& type = *put.type()->fields()[*field].type;
    if (type.is(pv::Type::Form::scalar)) {
        set(put, "value", pv::Value::of(std::string_view(text)));
        return;
    }
    if (type.is(pv::Type::Form::array)) {
        throw base::Problem("an array is given as JSON, \"[1,2]\", or as \"COUNT 1 2\", of which COUNT is ignored");
    }
    const pv::Value* const list = state.find("value.choices");
    if (!put.type()->find("value.index") || list == nullptr || !list->is_array() ||
        list->type() != pv::ScalarType::string) {
        throw base::Problem("\"value\" is no number, text, array or enumeration: give FIELD=VALUE or JSON");
    }
    std::vector<std::string> choices;
    for (std::size_t i = 0; i < list->count(); ++i) {
        choices.emplace_back(list->text_at(i));
    }
    const auto index = pv::choice_index(text, choices);
    set(put, "value.index", index ? pv::Value::of(std::int32_t{*index}) : pv::Value::of(std::string_view(text)));
}

void put_plain(pv::Structure& put, std::span<const std::string> values, const pv::Structure& state)
{
    if (values.size() == 1) {
        put_text(put, values.front(), state);
        return;
    }
    const auto field = put.type()->find("value");
    if (!field || !put.type()->fields()[*field].type->is(pv::Type::Form::array)) {
        throw base::Problem("several values are for an array");
    }
    set(put, "value", pv::Value::string_array(values.subspan(1)));
}

} // namespace

pv::Value value_of_json(std::string_view text)
{
    return value_of(parsed(text));
}

std::vector<std::string> fill(pv::Structure& put, std::span<const std::string> values, const pv::Structure& state)
{
    std::vector<std::string> plain;
    std::vector<std::string> unknown;
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto value = put.type()->find("value");
    const bool takes_text = value && put.type()->fields()[*value].type->is(pv::Type::Form::scalar) &&
                            put.type()->fields()[*value].type->scalar() == pv::ScalarType::string;
    for (const std::string& word : values) {
        const std::size_t equals = word.find('=');
        const std::string name = word.substr(0, equals);
        if (equals == std::string::npos || is_json(word)) {
            plain.push_back(word);
        } else if (!name.empty() && put.type()->find(name)) {
            pairs.emplace_back(name, word.substr(equals + 1));
        } else if (takes_text) {
            plain.push_back(word);
        } else {
            unknown.push_back(name);
        }
    }
    if (!plain.empty() && !pairs.empty()) {
        throw base::Problem("Can't mix bare values and field=value pairs");
    }
    if (plain.empty() && pairs.empty()) {
        throw base::Problem("No valid value(s) specified");
    }
    if (plain.size() == 1 && is_json(plain.front())) {
        assign(put, plain.front().starts_with('[') ? "value" : "", parsed(plain.front()));
    } else if (!plain.empty()) {
        put_plain(put, plain, state);
    }
    for (const auto& [name, text] : pairs) {
        is_json(text) ? assign(put, name, parsed(text)) : set(put, name, pv::Value::of(std::string_view(text)));
    }
    return unknown;
}

std::pair<std::string, pv::Value> argument_of(std::string_view text)
{
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        throw base::Problem("an argument is NAME=VALUE");
    }
    const std::string_view value = text.substr(equals + 1);
    std::string name(text.substr(0, equals));
    if (!is_json(value)) {
        return {std::move(name), pv::Value::of(value)};
    }
    if (value.starts_with('[')) { // texts, as pvcall of EPICS 7 sends them: services convert
        std::vector<std::string> texts;
        for (const json& element : parsed(value)) {
            texts.push_back(element.is_string() ? element.get<std::string>() : element.dump());
        }
        return {std::move(name), pv::Value::string_array(texts)};
    }
    return {std::move(name), value_of_json(value)};
}

} // namespace iochron::cli
