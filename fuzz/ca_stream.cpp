// A circuit's bytes, as a server and as a client get them. The first byte chooses: bit 0 the side, bit 1 whether the
// peer knows the extended form, bit 2 a tight limit. What decodes must encode to a message that decodes to the same.
#include "base/output.h"
#include "wire/ca/channel.h"
#include "wire/ca/echo.h"
#include "wire/ca/error.h"
#include "wire/ca/message.h"
#include "wire/ca/monitor.h"
#include "wire/ca/name.h"
#include "wire/ca/read.h"
#include "wire/ca/search.h"
#include "wire/ca/update.h"
#include "wire/ca/value.h"
#include "wire/ca/write.h"

#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

using namespace iochron;
using namespace iochron::wire::ca;

namespace {

void require(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

/// Encodes the message and gives the one that the bytes make.
template <class M>
std::pair<std::vector<std::byte>, Frame> again(const M& message)
{
    std::vector<std::byte> bytes(frame_bytes(message));
    base::Writer writer(bytes);
    encode(writer, message);
    require(writer.ok() && writer.left() == 0);
    const Frame frame = next_message(bytes);
    require(frame.kind == Frame::Kind::message && frame.total_bytes == bytes.size());
    return {std::move(bytes), frame};
}

template <class T>
void require_within(const base::Result<T>& result, std::size_t size)
{
    require(result || (result.error().offset <= size && !result.error().what.empty()));
}

void values(Dbr type, std::uint32_t count, std::span<const std::byte> data)
{
    require_within(decode_written(type, count, data), data.size());
    pv::Meta meta;
    for (const Shape shape : {Shape::by_count, Shape::array}) {
        const auto sample = decode_value(type, count, data, shape, &meta);
        require_within(sample, data.size());
        const auto update = decode_update_value(type, count, data, shape);
        require_within(update, data.size());
        require(sample.has_value() == update.has_value());
        if (!sample) {
            continue;
        }
        require(sample->value == update->value && sample->alarm == update->alarm && sample->time == update->time);
        base::BlockPool pool(1);
        base::Output output(pool);
        pv::Sample with_meta = *sample;
        with_meta.meta = &meta;
        for (const Dbr to : {type, Dbr::string, Dbr::ctrl_double, Dbr::time_long, Dbr::gr_enum}) {
            (void)encode(output, {.type = to, .asked = 0}, with_meta, Eca::normal, 1 << 20);
        }
    }
}

void requests(const Header& header, std::span<const std::byte> payload);

/// What opens a circuit and its channels.
void at_server(const Header& header, std::span<const std::byte> payload)
{
    switch (header.command) {
    case Command::version:
        require(decode_version(again(decode_version(header)).second.header) == decode_version(header));
        break;
    case Command::search: {
        const auto search = decode_search(header, payload);
        require_within(search, payload.size());
        if (search) {
            const auto [bytes, frame] = again(*search);
            require(decode_search(frame.header, frame.payload) == *search);
        }
        break;
    }
    case Command::client_name:
    case Command::host_name:
        require_within(decode_client_name(payload), payload.size());
        require_within(decode_host_name(payload), payload.size());
        break;
    case Command::create_channel: {
        const CreateChannel wish = decode_create_channel(header, payload);
        const auto [bytes, frame] = again(wish);
        require(decode_create_channel(frame.header, frame.payload) == wish);
        break;
    }
    case Command::clear_channel:
        require(decode_clear_channel(again(decode_clear_channel(header)).second.header) ==
                decode_clear_channel(header));
        break;
    default:
        requests(header, payload);
        break;
    }
}

/// What is asked of an open channel, and all that a server does not know.
void requests(const Header& header, std::span<const std::byte> payload)
{
    switch (header.command) {
    case Command::event_add: {
        const auto wish = decode_event_add(header, payload);
        require_within(wish, payload.size());
        if (wish) {
            const auto [bytes, frame] = again(*wish);
            require(decode_event_add(frame.header, frame.payload) == *wish);
        }
        break;
    }
    case Command::event_cancel:
        require(decode_event_cancel(again(decode_event_cancel(header)).second.header) == decode_event_cancel(header));
        break;
    case Command::read_notify:
        require(decode_read_notify(again(decode_read_notify(header)).second.header) == decode_read_notify(header));
        break;
    case Command::read:
        require(decode_read(again(decode_read(header)).second.header) == decode_read(header));
        break;
    case Command::write: {
        const Write wish = decode_write(header, payload);
        (void)again(wish);
        values(wish.type, wish.count, wish.data);
        break;
    }
    case Command::write_notify: {
        const WriteNotify wish = decode_write_notify(header, payload);
        (void)again(wish);
        values(wish.type, wish.count, wish.data);
        break;
    }
    case Command::echo:
        (void)again(decode_echo(header, payload));
        break;
    case Command::read_sync:
        (void)again(decode_read_sync(header));
        break;
    default: // answered with an Error that holds the header
        (void)again(Error{.request = header, .text = text_of(payload)});
        break;
    }
}

void answers(const Header& header, std::span<const std::byte> payload);

/// What is told about channels.
void at_client(const Header& header, std::span<const std::byte> payload)
{
    switch (header.command) {
    case Command::search:
        (void)again(decode_search_reply(header, payload));
        break;
    case Command::not_found:
        (void)again(decode_not_found(header));
        break;
    case Command::create_channel: {
        const auto created = decode_channel_created(header);
        require_within(created, short_header_bytes);
        if (created) {
            require(decode_channel_created(again(*created).second.header) == *created);
        }
        break;
    }
    case Command::access_rights:
        (void)again(decode_access_rights(header));
        break;
    case Command::create_failed:
        (void)again(decode_create_failed(header));
        break;
    case Command::server_disconnect:
        (void)again(decode_server_disconnect(header));
        break;
    default:
        answers(header, payload);
        break;
    }
}

/// What brings values and ends requests.
void answers(const Header& header, std::span<const std::byte> payload)
{
    switch (header.command) {
    case Command::event_add: {
        const Update update = decode_update(header, payload);
        (void)again(update);
        (void)again(decode_cancel_confirm(header));
        values(update.type, update.count, update.data);
        break;
    }
    case Command::read_notify: {
        const ReadNotifyReply answer = decode_read_notify_reply(header, payload);
        (void)again(answer);
        values(answer.type, answer.count, answer.data);
        break;
    }
    case Command::read: {
        const ReadReply answer = decode_read_reply(header, payload);
        (void)again(answer);
        values(answer.type, answer.count, answer.data);
        break;
    }
    case Command::write_notify:
        (void)again(decode_write_notify_reply(header));
        (void)to_status(decode_write_notify_reply(header).status);
        break;
    case Command::error: {
        const auto error = decode_error(header, payload);
        require_within(error, payload.size());
        if (error && error->text.size() < 400) {
            const auto [bytes, frame] = again(*error);
            Error expected = *error; // a count of 65535 may come in the short form, but goes in the extended one
            expected.request.extended |= needs_extended(expected.request.size, expected.request.count);
            require(decode_error(frame.header, frame.payload) == expected);
        }
        break;
    }
    default:
        break;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    const FrameLimits limits{.message_bytes = (data[0] & 4) != 0 ? 64u : 1u << 20, .may_extend = (data[0] & 2) == 0};
    std::span<const std::byte> bytes = std::as_bytes(std::span(data, size)).subspan(1);
    while (true) {
        const Frame frame = next_message(bytes, limits);
        if (frame.kind != Frame::Kind::message) {
            require(frame.kind != Frame::Kind::incomplete || frame.total_bytes > bytes.size());
            return 0;
        }
        require(frame.payload.size() == frame.header.size && frame.total_bytes <= bytes.size());
        (data[0] & 1) == 0 ? at_server(frame.header, frame.payload) : at_client(frame.header, frame.payload);
        bytes = bytes.subspan(static_cast<std::size_t>(frame.total_bytes));
    }
}
