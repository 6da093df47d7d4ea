#include "wire/ca/text.h"

#include "pv/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

namespace iochron::wire::ca {

namespace {

std::string_view text_of(const pv::Value& value)
{
    return value.is_text() ? value.text() : pv::text_of_characters(value);
}

/// All characters of the field.
pv::Value whole_field(std::string_view text, std::size_t size)
{
    pv::BufferRef buffer = pv::BufferRef::make(size);
    std::memset(buffer->fill(), 0, size);
    std::memcpy(buffer->fill(), text.data(), std::min(text.size(), size));
    return pv::Value::array(pv::ScalarType::int8, std::move(buffer), size);
}

} // namespace

std::expected<pv::Sample, pv::Status> text_by_rules(Dbr type, std::uint32_t asked, const pv::Sample& sample)
{
    const std::string_view text = text_of(sample.value);
    const std::size_t size = sample.meta->is_array ? sample.meta->max_count : 1;
    pv::Sample seen = sample;
    const bool untrimmed = asked == 0 && type != Dbr::char_ && type != Dbr::time_char;
    if (native(type) == Dbr::char_ && !(untrimmed && sample.meta->text == pv::TextKind::long_string)) {
        const bool bounded = asked == 0 || (sample.meta->text == pv::TextKind::long_string && asked > size);
        const std::size_t room = bounded ? size : asked;
        seen.value = pv::characters_of_text(text.substr(0, room - 1));
    } else if (sample.meta->text == pv::TextKind::long_string) {
        seen.value = whole_field(text, size);
    } else if (native(type) == Dbr::string) {
        seen.value = pv::Value::of(text);
    } else if (native(type) == Dbr::double_ && sample.meta->text == pv::TextKind::link) {
        seen.value = pv::Value::of(std::nan(""));
    } else {
        return std::unexpected(
            pv::Status{pv::Outcome::get_failed, fmt::format("this field cannot be read as {}", to_string(type))});
    }
    return seen;
}

} // namespace iochron::wire::ca
