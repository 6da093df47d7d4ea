// The filters that change what a value is: arr, ts.
#include "db/filter.h"
#include "db/stamp_text.h"

#include <algorithm>
#include <cstring>

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

pv::ScalarType StampValue::type() const
{
    switch (form) {
    case Form::number:
        return pv::ScalarType::float64;
    case Form::seconds:
    case Form::nanoseconds:
    case Form::both:
        return pv::ScalarType::uint32;
    default:
        return pv::ScalarType::string;
    }
}

pv::Value StampValue::of(base::Stamp stamp) const
{
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t ns = ((stamp.ns % second) + second) % second;
    const std::int64_t since = (stamp.ns - ns) / second - (posix ? 0 : base::epics_epoch_s);
    const std::uint32_t parts[] = {static_cast<std::uint32_t>(since), static_cast<std::uint32_t>(ns)};
    switch (form) {
    case Form::number:
        return pv::Value::of(parts[0] + parts[1] * 1e-9);
    case Form::seconds:
        return pv::Value::of(parts[0]);
    case Form::nanoseconds:
        return pv::Value::of(parts[1]);
    case Form::both:
        return pv::Value::array_of<std::uint32_t>(parts);
    case Form::text:
        return pv::Value::of(stamp_text(stamp, "%Y-%m-%d %H:%M:%S.%06f"));
    default:
        return pv::Value::of(stamp_text(stamp, "%Y-%m-%dT%H:%M:%S.%06f%z"));
    }
}

pv::Meta Filters::change(const pv::Meta& meta) const
{
    pv::Meta changed = meta;
    changed.text = shaping.empty() ? meta.text : pv::TextKind::plain;
    for (const ShapeFilter& filter : shaping) {
        if (const auto* const stamp = std::get_if<StampValue>(&filter)) {
            changed.type = stamp->type();
            changed.is_array = stamp->form == StampValue::Form::both;
            changed.max_count = changed.is_array ? 2 : 1;
        } else if (changed.max_count > 1) {
            changed.max_count = static_cast<std::uint32_t>(std::get<Elements>(filter).left(changed.max_count));
        }
    }
    return changed;
}

void Filters::shape(pv::Sample& sample) const
{
    std::size_t most = sample.meta->max_count;
    for (const ShapeFilter& filter : shaping) {
        if (const auto* const stamp = std::get_if<StampValue>(&filter)) {
            sample.value = stamp->of(sample.time);
            most = sample.value.count();
        } else if (most > 1 && sample.value.is_array()) { // EPICS base leaves what has one element at most alone
            const auto& elements = std::get<Elements>(filter);
            sample.value = elements.of(sample.value);
            most = elements.left(most);
        }
    }
}

void Filters::read(pv::Sample& sample, base::Stamp now) const
{
    if (std::ranges::any_of(passing, [](const auto& f) { return std::holds_alternative<StampNow>(f); })) {
        sample.time = now;
    }
    shape(sample);
}

} // namespace iochron::db
