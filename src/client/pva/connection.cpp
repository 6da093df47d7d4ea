#include "client/pva/connection.h"

#include "base/limits.h"
#include "wire/pva/size.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::client::pva {
namespace {

using wire::pva::Command;
using wire::pva::Encoder;

/// Between echoes: 3/8 of the time of silence, as PVXS.
base::Duration echo_period(const Settings& settings)
{
    return settings.timeout * 3 / 8;
}

} // namespace

Connection::Connection(const Settings& settings, ConnectionUser& user, Monitors& monitors, UpdateBatch& batch,
                       base::BlockPool& pool, base::Steady now)
    : settings_(settings), user_(user), monitors_(monitors), batch_(batch), output_(pool),
      assembler_(wire::pva::Role::server, base::Limits{}.message_bytes), heard_(now), echoed_(now),
      deadline_(now + echo_period(settings))
{}

void Connection::received(std::span<const std::byte> bytes, base::Steady now)
{
    heard_ = now;
    while (!finished_) {
        if (assembler_.between_messages()) {
            bytes = bytes.subspan(take_numbers(bytes));
        }
        const auto message = assembler_.next(bytes);
        if (!message) {
            break;
        }
        dispatch(*message);
    }
    if (!assembler_.fault().empty()) {
        why_ = assembler_.fault();
        finished_ = true;
    }
    batch_.flush();
    user_.settled();
}

void Connection::dispatch(const wire::pva::Message& message)
{
    if (message.header.control) {
        if (message.header.code == static_cast<std::uint8_t>(wire::pva::Control::set_byte_order)) {
            order_ = message.header.order;
        }
        return;
    }
    base::Reader reader(message.payload, message.header.order);
    const Command command = message.header.command();
    if (command != Command::monitor) { // what came before comes before
        batch_.flush();
    }
    switch (command) {
    case Command::connection_validation:
        validate(reader);
        break;
    case Command::connection_validated:
        validated(reader);
        break;
    case Command::create_channel:
        created(reader);
        break;
    case Command::search_response:
        if (const auto response = wire::pva::read_search_response(reader)) {
            user_.answered(*response);
        }
        break;
    case Command::destroy_channel: {
        const std::uint32_t sid = reader.u32();
        const std::uint32_t cid = reader.u32();
        if (reader.ok()) {
            user_.destroyed(cid, sid);
        }
        break;
    }
    case Command::get:
    case Command::put:
    case Command::put_get:
    case Command::monitor:
    case Command::process:
    case Command::get_field:
    case Command::rpc:
        answered(command, reader);
        break;
    case Command::message:
        told(reader);
        break;
    default: // echoes, and what we have not asked for
        break;
    }
    if (!reader.ok()) {
        const base::Fault fault = reader.fault();
        why_ = fmt::format("{}: {}, at byte {}", to_string(command), fault.what, fault.offset);
        finished_ = true;
    }
}

void Connection::answered(Command command, base::Reader& reader)
{
    const std::uint32_t id = reader.u32();
    if (reader.ok() && !user_.answered(command, id, reader, types_)) {
        reader.fail("an answer that makes no sense");
    }
}

void Connection::told(base::Reader& reader)
{
    const std::uint32_t id = reader.u32();
    const auto kind = static_cast<wire::pva::MessageKind>(
        std::min(reader.u8(), static_cast<std::uint8_t>(wire::pva::MessageKind::fatal)));
    const std::string_view text = wire::pva::read_text(reader);
    if (reader.ok()) {
        user_.message(id, kind, text);
    }
}

void Connection::validated(base::Reader& reader)
{
    if (const wire::pva::Status status = wire::pva::read_status(reader); status.success() && reader.ok()) {
        user_.validated();
    } else {
        why_ = fmt::format("the server does not accept us: {}", status.message);
        finished_ = true;
    }
}

void Connection::created(base::Reader& reader)
{
    const std::uint32_t cid = reader.u32();
    const std::uint32_t sid = reader.u32();
    const wire::pva::Status status = wire::pva::read_status(reader);
    if (reader.ok()) {
        user_.created(cid, sid, status);
    }
}

void Connection::search(const wire::pva::Search& search)
{
    constexpr std::size_t most_waiting_bytes = 64u << 10; // PVXS
    if (output_.size() <= most_waiting_bytes) {
        frame_.clear();
        write(frame_, order_, search);
        output_.append(frame_);
    }
}

void Connection::validate(base::Reader& reader)
{
    reader.skip(sizeof(std::int32_t) + sizeof(std::int16_t));
    const std::size_t methods = wire::pva::read_count(reader, 1);
    bool tells_account = false;
    for (std::size_t i = 0; i < methods && reader.ok(); ++i) {
        tells_account = wire::pva::read_text(reader) == "ca" || tells_account;
    }
    if (!reader.ok()) {
        return;
    }
    send(Command::connection_validation, [&](Encoder& encoder) {
        encoder.u32(0x10000); // what we receive at once: of no meaning to anybody
        encoder.u16(0x7FFF);
        encoder.u16(0);
        if (!tells_account) {
            encoder.text("anonymous");
            encoder.null();
            return;
        }
        encoder.text("ca");
        const pv::TypeRef& text = pv::scalar(pv::ScalarType::string);
        pv::Structure who(pv::structure("", {{"user", text}, {"host", text}}));
        who.place(1, pv::Value::of(std::string_view(settings_.account)));
        who.place(2, pv::Value::of(std::string_view(settings_.host)));
        write_typed(encoder, pv::Value::of(std::move(who)));
    });
}

void Connection::create_channel(std::uint32_t cid, std::string_view name)
{
    send(Command::create_channel, [&](Encoder& encoder) {
        encoder.u16(1); // pvAccessCPP takes no more
        encoder.u32(cid);
        encoder.text(name);
    });
}

void Connection::destroy_channel(std::uint32_t sid, std::uint32_t cid)
{
    send(Command::destroy_channel, [&](Encoder& encoder) {
        encoder.u32(sid);
        encoder.u32(cid);
    });
}

void Connection::get_field(std::uint32_t sid, std::uint32_t id)
{
    send(Command::get_field, [&](Encoder& encoder) {
        encoder.u32(sid);
        encoder.u32(id);
        encoder.text("");
    });
}

void Connection::destroy_request(std::uint32_t sid, std::uint32_t id)
{
    send(Command::destroy_request, [&](Encoder& encoder) {
        encoder.u32(sid);
        encoder.u32(id);
    });
}

void Connection::ended(base::Steady /*now*/)
{
    finished_ = true;
}

void Connection::due(base::Steady now)
{
    if (now >= heard_ + settings_.timeout) {
        why_ = "it was silent for too long";
        finished_ = true;
        deadline_ = base::never;
        return;
    }
    if (now >= echoed_ + echo_period(settings_)) {
        echoed_ = now;
        send(Command::echo, [](Encoder&) {});
    }
    deadline_ = std::min(echoed_ + echo_period(settings_), heard_ + settings_.timeout);
}

void Connection::closed(std::string_view why, base::Steady /*now*/)
{
    user_.gone(why_.empty() ? why : why_);
}

} // namespace iochron::client::pva
