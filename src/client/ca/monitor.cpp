#include "client/ca/monitor.h"

#include "client/ca/circuit.h"
#include "wire/ca/message.h"
#include "wire/ca/monitor.h"
#include "wire/ca/value.h"

#include <fmt/format.h>

namespace iochron::client::ca {

using wire::ca::Dbr;
using wire::ca::Eca;

void Circuit::subscribe(wire::ca::Sid sid, Monitor& monitor)
{
    monitor.circuit = settings_.number;
    monitor.started = false;
    encode(output_, wire::ca::EventAdd{.type = monitor.type,
                                       .count = monitor.count,
                                       .sid = sid,
                                       .subscription = wire::ca::SubId{monitor.id},
                                       .mask = static_cast<std::uint16_t>(monitor.mask)});
}

void Circuit::unsubscribe(wire::ca::Sid sid, Monitor& monitor)
{
    monitor.circuit = 0;
    encode(output_,
           wire::ca::EventCancel{
               .type = monitor.type, .count = monitor.count, .sid = sid, .subscription = wire::ca::SubId{monitor.id}});
}

namespace {

constexpr auto big = base::ByteOrder::big;

pv::Value scalar(Dbr type, const std::byte* at)
{
    switch (type) {
    case Dbr::time_double:
        return pv::Value::of(base::load<double>(at + 16, big));
    case Dbr::time_long:
        return pv::Value::of(base::load<std::int32_t>(at + 12, big));
    case Dbr::time_float:
        return pv::Value::of(base::load<float>(at + 12, big));
    case Dbr::time_short:
        return pv::Value::of(base::load<std::int16_t>(at + 14, big));
    case Dbr::time_enum:
        return pv::Value::enumeration(base::load<std::uint16_t>(at + 14, big));
    default:
        return pv::Value::of(base::load<std::uint8_t>(at + 15, big)); // time_char
    }
}

constexpr bool is_time_number(Dbr type)
{
    return type > Dbr::time_string && type <= Dbr::time_double;
}

void read_alarm_and_time(const std::byte* at, pv::Sample& sample)
{
    const auto status = base::load<std::uint16_t>(at, big);
    const auto severity = base::load<std::uint16_t>(at + 2, big);
    const bool known = status <= static_cast<std::uint16_t>(pv::AlarmStatus::write_access);
    sample.alarm = {.severity = severity <= 3 ? static_cast<pv::Severity>(severity) : pv::Severity::invalid,
                    .status = known ? static_cast<pv::AlarmStatus>(status) : pv::AlarmStatus::udf};
    const std::int64_t seconds = base::epics_epoch_s + base::load<std::uint32_t>(at + 4, big);
    sample.time = {seconds * 1'000'000'000 + base::load<std::uint32_t>(at + 8, big)};
}

} // namespace

// hot: asks for the Monitors of the next messages, so that scattered ids do not wait for memory one by one. Stops at
// anything but a whole update; gives how many it found.
std::size_t Circuit::look_ahead(const std::byte* at, const std::byte* end, SeenAhead<Monitor>& seen)
{
    constexpr std::ptrdiff_t head = wire::ca::short_header_bytes;
    std::size_t count = 0;
    while (count < seen_ahead && end - at >= head) {
        const auto command_and_size = base::load<std::uint32_t>(at, big);
        const std::ptrdiff_t total = head + (command_and_size & 0xffff);
        if (command_and_size >> 16 != static_cast<std::uint32_t>(wire::ca::Command::event_add) || end - at < total) {
            break;
        }
        Monitor* const monitor = monitors_.at_place(base::load<std::uint32_t>(at + wire::ca::p2_offset, big));
        if (monitor == nullptr) {
            break;
        }
        __builtin_prefetch(monitor, 1);
        seen[count++] = {at, at + total, monitor};
        at += total;
    }
    return count;
}

// hot.
pv::Sample& Circuit::add(Monitor& monitor)
{
    ++monitor.received;
    const pv::Mask mask = std::exchange(monitor.started, true) ? monitor.mask : pv::Mask::none;
    return batch_.add(*monitor.sink, monitor.token, monitor.meta, mask);
}

// hot: checks an update and hands it over, if it is a single number with a time stamp, as it was asked for.
bool Circuit::take_scalar(const Seen<Monitor>& seen)
{
    const std::byte* const at = seen.at;
    Monitor& monitor = *seen.monitor;
    const Dbr type{base::load<std::uint16_t>(at + 4, big)};
    const bool as_asked = type == monitor.type && !monitor.is_array && base::load<std::uint16_t>(at + 6, big) == 1 &&
                          base::load<std::uint32_t>(at + 8, big) == static_cast<std::uint32_t>(Eca::normal) &&
                          base::load<std::uint32_t>(at + wire::ca::p2_offset, big) == monitor.id &&
                          monitor.circuit == settings_.number;
    if (!as_asked || !is_time_number(type)) {
        return false;
    }
    const std::uint64_t bytes = wire::ca::short_header_bytes + wire::ca::padded(wire::ca::dbr_bytes(type, 1));
    if (static_cast<std::uint64_t>(seen.end - at) != bytes) {
        return false;
    }
    pv::Sample& sample = add(monitor);
    sample.value = scalar(type, at + wire::ca::short_header_bytes);
    read_alarm_and_time(at + wire::ca::short_header_bytes, sample);
    return true;
}

// hot: per update no allocation, and one cache line beside the stream's own. Gives the bytes taken; stops at anything
// that take_message() shall judge.
std::size_t Circuit::take_scalars(std::span<const std::byte> bytes)
{
    return take_updates<Monitor>(
        bytes, [this](auto at, auto end, auto& seen) { return look_ahead(at, end, seen); },
        [this](const Seen<Monitor>& seen) { return take_scalar(seen); });
}

// All other updates. Without payload it confirms a cancel (or is the empty array of a plain type, which is not asked
// for here); without read access it has a status and zeros, which rights_changed has told already.
void Circuit::take_update(const Header& header, Payload payload)
{
    const wire::ca::Update update = wire::ca::decode_update(header, payload);
    Monitor* const monitor = monitors_.find(static_cast<std::uint32_t>(update.subscription));
    const bool has_value = minor_ < 1 || update.status == Eca::normal;
    if (may_be_confirm(header) || !has_value || monitor == nullptr || monitor->circuit != settings_.number) {
        return;
    }
    if (monitor->properties) {
        batch_.flush();
        user_.properties(*monitor, update.type, update.count, update.data);
        return;
    }
    const auto shape = monitor->is_array ? wire::ca::Shape::array : wire::ca::Shape::by_count;
    auto sample = wire::ca::decode_value(update.type, update.count, update.data, shape);
    if (!sample) {
        fail(fmt::format("an update makes no sense: {}", sample.error().what));
        return;
    }
    pv::Sample& place = add(*monitor);
    place.value = std::move(sample->value);
    place.alarm = sample->alarm;
    place.time = sample->time;
    batch_.holds_more();
}

} // namespace iochron::client::ca
