#include "wire/ca/monitor.h"

namespace iochron::wire::ca {

namespace {
constexpr std::size_t mask_offset = 12; // behind three floats (low, high, timeout) that nobody uses
constexpr std::uint32_t event_add_bytes = 16;
} // namespace

Header to_header(const EventAdd& message)
{
    return {.command = Command::event_add,
            .size = event_add_bytes,
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.sid),
            .p2 = static_cast<std::uint32_t>(message.subscription)};
}

void write_payload(base::Writer& writer, const EventAdd& message)
{
    writer.zeros(mask_offset);
    writer.u16(message.mask);
}

base::Result<EventAdd> decode_event_add(const Header& header, std::span<const std::byte> payload)
{
    base::Reader reader(payload);
    reader.skip(mask_offset);
    const std::uint16_t mask = reader.u16();
    if (!reader.ok()) {
        return std::unexpected(reader.fault());
    }
    return EventAdd{.type = Dbr{header.type},
                    .count = header.count,
                    .sid = Sid{header.p1},
                    .subscription = SubId{header.p2},
                    .mask = mask};
}

Header to_header(const Update& message)
{
    return {.command = Command::event_add,
            .size = static_cast<std::uint32_t>(padded(message.data.size())),
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.status),
            .p2 = static_cast<std::uint32_t>(message.subscription)};
}

void write_payload(base::Writer& writer, const Update& message)
{
    writer.bytes(message.data);
}

Header to_header(const EventCancel& message)
{
    return {.command = Command::event_cancel,
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.sid),
            .p2 = static_cast<std::uint32_t>(message.subscription)};
}

EventCancel decode_event_cancel(const Header& header)
{
    return {.type = Dbr{header.type}, .count = header.count, .sid = Sid{header.p1}, .subscription = SubId{header.p2}};
}

Header to_header(const CancelConfirm& message)
{
    return {.command = Command::event_add,
            .type = static_cast<std::uint16_t>(message.type),
            .count = message.count,
            .p1 = static_cast<std::uint32_t>(message.sid),
            .p2 = static_cast<std::uint32_t>(message.subscription)};
}

CancelConfirm decode_cancel_confirm(const Header& header)
{
    return {.type = Dbr{header.type}, .count = header.count, .sid = Sid{header.p1}, .subscription = SubId{header.p2}};
}

Header to_header(EventsOff /*message*/)
{
    return {.command = Command::events_off};
}

Header to_header(EventsOn /*message*/)
{
    return {.command = Command::events_on};
}

} // namespace iochron::wire::ca
