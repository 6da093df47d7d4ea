#include "db/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>

namespace iochron::db {

namespace {

struct Span {
    std::int64_t start;
    std::int64_t step;
    std::size_t count;
};

Span span_of(const Elements& elements, std::size_t size)
{
    const auto all = static_cast<std::int64_t>(size);
    const auto from_end = [all](std::int64_t index) {
        return std::max<std::int64_t>(index < 0 ? index + all : index, 0);
    };
    const std::int64_t start = std::min(from_end(elements.start), all);
    const std::int64_t end = std::min(from_end(elements.end), all - 1);
    const std::int64_t count = end >= start ? 1 + (end - start) / elements.step : 0;
    return {start, elements.step, static_cast<std::size_t>(count)};
}

/// As EPICS base converts a setting (chfPlugin.c): a fraction is cut off, a text is read as C writes integers.
std::optional<std::int32_t> whole_number(const FilterSetting& setting)
{
    double number = 0;
    if (const auto* const text = std::get_if<std::string>(&setting.value)) {
        char* end = nullptr;
        number = static_cast<double>(std::strtoll(text->c_str(), &end, 0));
        if (text->empty() || end != text->c_str() + text->size()) {
            return std::nullopt;
        }
    } else if (const auto* const real = std::get_if<double>(&setting.value)) {
        number = *real;
    } else if (const auto* const whole = std::get_if<std::int64_t>(&setting.value)) {
        number = static_cast<double>(*whole);
    } else {
        number = std::get<bool>(setting.value) ? 1 : 0;
    }
    using Limits = std::numeric_limits<std::int32_t>;
    if (!(number >= Limits::min() && number <= Limits::max())) {
        return std::nullopt;
    }
    return static_cast<std::int32_t>(number);
}

std::expected<Elements, std::string> make_elements(const FilterSpec& spec)
{
    Elements made;
    for (const FilterSetting& setting : spec.settings) {
        const auto number = whole_number(setting);
        if (!number) {
            return std::unexpected(fmt::format("'{}' of the filter arr wants a 32-bit integer", setting.key));
        }
        if (std::string_view("s").starts_with(setting.key)) {
            made.start = *number;
        } else if (setting.key == "i") {
            made.step = *number <= 0 ? 1 : *number;
        } else if (setting.key == "e") {
            made.end = *number;
        } else {
            return std::unexpected(fmt::format("the filter arr has s, i and e, not '{}'", setting.key));
        }
    }
    return made;
}

} // namespace

std::size_t Elements::left(std::size_t count) const
{
    return span_of(*this, count).count;
}

pv::Value Elements::of(const pv::Value& array) const
{
    const Span span = span_of(*this, array.count());
    if (array.type() == pv::ScalarType::string) {
        std::vector<std::string> texts;
        texts.reserve(span.count);
        for (std::size_t i = 0; i < span.count; ++i) {
            texts.emplace_back(
                array.text_at(static_cast<std::size_t>(span.start) + i * static_cast<std::size_t>(step)));
        }
        return pv::Value::string_array(texts);
    }
    const std::size_t width = pv::element_bytes(array.type());
    pv::BufferRef buffer = pv::BufferRef::make(span.count * width);
    for (std::size_t i = 0; i < span.count; ++i) {
        const std::size_t from = static_cast<std::size_t>(span.start) + i * static_cast<std::size_t>(step);
        std::memcpy(buffer->fill() + i * width, array.bytes().data() + from * width, width);
    }
    return pv::Value::array(array.type(), std::move(buffer), span.count);
}

pv::Meta Filters::change(const pv::Meta& meta) const
{
    pv::Meta changed = meta;
    for (const Elements& elements : chain) {
        if (changed.max_count > 1) {
            changed.max_count = static_cast<std::uint32_t>(elements.left(changed.max_count));
        }
    }
    return changed;
}

pv::Value Filters::change(const pv::Value& value, const pv::Meta& meta) const
{
    pv::Value changed = value;
    std::size_t most = meta.max_count;
    for (const Elements& elements : chain) {
        if (most > 1 && changed.is_array()) { // EPICS base leaves what has one element at most alone
            changed = elements.of(changed);
            most = elements.left(most);
        }
    }
    return changed;
}

std::expected<std::unique_ptr<Filters>, std::string> make_filters(std::string_view text)
{
    constexpr std::array<std::string_view, 5> unsupported = {"dbnd", "dec", "sync", "ts", "utag"};
    const auto specs = parse_filters(text);
    if (!specs) {
        return std::unexpected(
            fmt::format("{}, at column {} of the filters", specs.error().what, specs.error().offset + 1));
    }
    auto filters = std::make_unique<Filters>();
    for (const FilterSpec& spec : *specs) {
        if (spec.name != "arr") {
            const bool known = std::ranges::find(unsupported, spec.name) != unsupported.end();
            return std::unexpected(known ? fmt::format("the filter '{}' is not supported", spec.name)
                                         : fmt::format("there is no filter '{}'", spec.name));
        }
        const auto elements = make_elements(spec);
        if (!elements) {
            return std::unexpected(elements.error());
        }
        filters->chain.push_back(*elements);
    }
    if (filters->chain.empty()) {
        return nullptr;
    }
    return filters;
}

} // namespace iochron::db
