#include "wire/ca/value.h"

#include "pv/convert.h"
#include "wire/ca/block.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::wire::ca {

namespace {

/// What is written must not depend on what was there: a failed value is all zeros.
void blank(std::span<std::byte> bytes)
{
    std::ranges::fill(bytes, std::byte{0});
}

pv::Value class_name_of(const pv::Sample& sample)
{
    return pv::Value::of(std::string_view(sample.meta == nullptr ? std::string_view{} : sample.meta->record_type));
}

bool is_readable(Dbr type)
{
    return type != Dbr::put_ackt && type != Dbr::put_acks;
}

/// The bytes of one text as libca and rsrv send it alone: up to its NUL.
std::size_t text_bytes(std::span<const std::byte> element)
{
    return static_cast<std::size_t>(std::ranges::find(element, std::byte{0}) - element.begin()) + 1;
}

/// Writes the header of a frame whose payload is whole. A single text goes only as far as it reaches; the rest of its
/// room is given back.
void finish(base::Output& output, Header header, std::byte* frame)
{
    if (Dbr{header.type} == Dbr::string && header.count == 1) {
        const auto needed = static_cast<std::uint32_t>(padded(text_bytes({frame + short_header_bytes, string_bytes})));
        output.shrink(header.size - needed);
        header.size = needed;
    }
    base::Writer writer({frame, header_bytes(header)});
    encode(writer, header);
}

/// Whether a value can be written so at all.
pv::Status writable(Dbr type, const pv::Value& value)
{
    if (family(type) != Family::plain && is_readable(type)) {
        return {pv::Outcome::bad_type, fmt::format("{} cannot be written", to_string(type))};
    }
    if (padded(dbr_bytes(type, static_cast<std::uint32_t>(value.count()))) >
        std::numeric_limits<std::uint32_t>::max()) {
        return {pv::Outcome::too_large, fmt::format("{} elements are more than a message can hold", value.count())};
    }
    const bool text = value.type() == pv::ScalarType::string && native(type) == Dbr::string;
    for (std::size_t i = 0; text && i < value.count(); ++i) {
        if ((value.is_array() ? value.text_at(i) : value.text()).size() >= string_bytes) {
            return {pv::Outcome::too_large, "a text of more than 39 characters; write it as characters"};
        }
    }
    return {};
}

Header header_of(const ValueMessage& message, std::uint32_t count, Eca status)
{
    return {.command = message.command,
            .size = static_cast<std::uint32_t>(padded(dbr_bytes(message.type, count))),
            .type = static_cast<std::uint16_t>(message.type),
            .count = count,
            .p1 = static_cast<std::uint32_t>(status),
            .p2 = message.p2};
}

} // namespace

pv::Status encode_value(base::Writer& writer, Dbr type, std::uint32_t count, const pv::Sample& sample)
{
    std::byte* const room = writer.room(static_cast<std::size_t>(dbr_bytes(type, count)));
    if (room == nullptr) {
        return {pv::Outcome::internal, "there is no room for the value"};
    }
    const std::span<std::byte> bytes(room, static_cast<std::size_t>(dbr_bytes(type, count)));
    base::Writer inner(bytes);
    pv::Status status;
    if (!is_readable(type)) {
        status = {pv::Outcome::get_failed, fmt::format("{} can only be written", to_string(type))};
    } else if (type == Dbr::class_name) {
        status = write_elements(inner, type, count, class_name_of(sample), sample.meta);
    } else {
        write_block(inner, type, sample);
        status = write_elements(inner, type, count, sample.value, sample.meta);
    }
    if (!status.ok()) {
        blank(bytes);
    }
    return status;
}

Eca encode(base::Output& output, const ValueMessage& message, const pv::Sample& sample, Eca status,
           std::uint64_t most_bytes)
{
    const std::uint32_t count = is_success(status) ? answer_count(message.asked, sample.value) : message.asked;
    const std::uint64_t size = padded(dbr_bytes(message.type, count));
    if (size > std::min<std::uint64_t>(most_bytes, std::numeric_limits<std::uint32_t>::max())) {
        return Eca::tolarge;
    }
    Header header = header_of(message, count, status);
    const std::size_t bytes = header_bytes(header) + header.size;
    std::byte* const frame = output.grow(bytes);
    base::Writer payload({frame + header_bytes(header), header.size});
    if (is_success(status)) {
        const pv::Status done = encode_value(payload, message.type, count, sample);
        header.p1 = static_cast<std::uint32_t>(to_eca(done.outcome, Asked::read));
    }
    if (!is_success(Eca{header.p1}) && message.asked == 0 && count != 0) {
        output.shrink(bytes);
        return encode(output, message, sample, Eca{header.p1}, most_bytes);
    }
    payload.zeros(payload.left());
    base::Writer writer({frame, header_bytes(header)});
    encode(writer, header);
    return Eca{header.p1};
}

std::size_t encode_head(std::span<std::byte> out, const ValueMessage& message, std::uint32_t count,
                        const pv::Sample& sample, Eca status)
{
    base::Writer writer(out);
    encode(writer, header_of(message, count, status));
    write_block(writer, message.type, sample);
    assert(writer.ok());
    return writer.offset();
}

pv::Status encode_read_reply(base::Output& output, Dbr type, std::uint32_t count, Cid cid, Ioid ioid,
                             const pv::Sample& sample, std::uint64_t most_bytes)
{
    Header header{.command = Command::read,
                  .type = static_cast<std::uint16_t>(type),
                  .count = count,
                  .p1 = static_cast<std::uint32_t>(cid),
                  .p2 = static_cast<std::uint32_t>(ioid)};
    const std::uint64_t size = count == 0 ? 0 : padded(dbr_bytes(type, count));
    if (size > std::min<std::uint64_t>(most_bytes, std::numeric_limits<std::uint32_t>::max())) {
        return {pv::Outcome::too_large,
                fmt::format("{} elements need {} bytes, {} are allowed", count, size, most_bytes)};
    }
    header.size = static_cast<std::uint32_t>(size);
    const std::size_t bytes = header_bytes(header) + header.size;
    std::byte* const frame = output.grow(bytes);
    base::Writer payload({frame + header_bytes(header), header.size});
    pv::Status status;
    if (count > 0) {
        status = encode_value(payload, type, count, sample);
        payload.zeros(payload.left());
    }
    if (!status.ok()) {
        output.shrink(bytes);
        return status;
    }
    finish(output, header, frame);
    return status;
}

pv::Status encode_write(base::Output& output, Command command, Dbr type, Sid sid, std::uint32_t p2,
                        const pv::Value& value, const pv::Meta* meta)
{
    pv::Status status = writable(type, value);
    if (!status.ok()) {
        return status;
    }
    const auto count = static_cast<std::uint32_t>(value.count());
    const Header header{.command = command,
                        .size = static_cast<std::uint32_t>(padded(dbr_bytes(type, count))),
                        .type = static_cast<std::uint16_t>(type),
                        .count = count,
                        .p1 = static_cast<std::uint32_t>(sid),
                        .p2 = p2};
    const std::size_t bytes = header_bytes(header) + header.size;
    std::byte* const frame = output.grow(bytes);
    base::Writer payload({frame + header_bytes(header), header.size});
    status = write_elements(payload, type, count, value, meta);
    payload.zeros(payload.left());
    if (!status.ok()) {
        output.shrink(bytes);
        return status;
    }
    finish(output, header, frame);
    return status;
}

base::Result<pv::Value> decode_written(Dbr type, std::uint32_t count, std::span<const std::byte> payload)
{
    if (!is_valid(type) || type == Dbr::stsack_string || type == Dbr::class_name) {
        return std::unexpected(
            base::Fault{0, fmt::format("type {} cannot be written", static_cast<std::uint16_t>(type))});
    }
    const std::size_t start = value_offset(type);
    if (payload.size() < start) {
        return std::unexpected(base::Fault{payload.size(), "the payload ends before its value"});
    }
    const std::span<const std::byte> elements = payload.subspan(start);
    if (native(type) == Dbr::string && count == 1 && !elements.empty() && elements.size() < string_bytes) {
        const std::string_view all(reinterpret_cast<const char*>(elements.data()), elements.size());
        return pv::Value::of(all.substr(0, all.find('\0')));
    }
    base::Result<pv::Value> value = read_elements(type, count, elements, Shape::by_count);
    if (!value) {
        value.error().offset += start;
    }
    return value;
}

base::Result<pv::Sample> decode_value(Dbr type, std::uint32_t count, std::span<const std::byte> payload, Shape shape,
                                      pv::Meta* meta)
{
    if (!is_valid(type)) {
        return std::unexpected(base::Fault{0, fmt::format("there is no type {}", static_cast<std::uint16_t>(type))});
    }
    base::Reader reader(payload);
    pv::Sample sample;
    read_block(reader, type, sample, meta);
    if (!reader.ok()) {
        return std::unexpected(reader.fault());
    }
    // rsrv and libca send a text that comes alone only as far as it reaches.
    const std::size_t start = reader.offset();
    base::Result<pv::Value> value = type == Dbr::string && count == 1 && shape == Shape::by_count
                                        ? decode_written(type, count, payload)
                                        : read_elements(type, count, payload.subspan(start), shape);
    if (!value) {
        value.error().offset += start;
        return std::unexpected(std::move(value.error()));
    }
    if (meta != nullptr) {
        meta->type = scalar_type(type);
    }
    sample.value = std::move(*value);
    return sample;
}

} // namespace iochron::wire::ca
