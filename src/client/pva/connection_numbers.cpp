// The short way of a connection's updates: numbers.
#include "client/pva/connection.h"

#include <algorithm>

namespace iochron::client::pva {
namespace {

constexpr std::size_t most_layouts = 256; ///< types of one connection; more go the long way
constexpr std::ptrdiff_t head = wire::pva::header_bytes + sizeof(std::uint32_t) + 1; ///< with id and subcommand
constexpr auto whole_from_server = std::byte{0x40};
constexpr auto big_endian = std::byte{0x80};
constexpr auto monitor_code = static_cast<std::byte>(wire::pva::Command::monitor);

base::ByteOrder order_of(const std::byte* message)
{
    return (message[2] & big_endian) != std::byte{} ? base::ByteOrder::big : base::ByteOrder::little;
}

} // namespace

Layout* Connection::layout_of(const pv::TypeRef& type)
{
    const auto known = std::ranges::find_if(
        layouts_, [&](const auto& layout) { return layout->type() == type || *layout->type() == *type; });
    if (known != layouts_.end()) {
        return known->get();
    }
    auto layout = layouts_.size() < most_layouts ? Layout::of(type, this) : nullptr;
    return layout ? layouts_.emplace_back(std::move(layout)).get() : nullptr;
}

// hot: asks for the Monitors of the next messages, so that scattered ids do not wait for memory one by one. Stops at
// anything but a whole MONITOR of one segment; gives how many it found.
std::size_t Connection::look_ahead(const std::byte* at, const std::byte* end, SeenAhead<Monitor>& seen)
{
    std::size_t count = 0;
    while (count < seen_ahead && end - at > head) {
        const bool update = at[0] == std::byte{0xCA} && at[1] != std::byte{} &&
                            (at[2] & ~big_endian) == whole_from_server && at[3] == monitor_code;
        const base::ByteOrder order = order_of(at);
        const auto total =
            static_cast<std::ptrdiff_t>(wire::pva::header_bytes) + base::load<std::uint32_t>(at + 4, order);
        if (!update || end - at < total || total <= head) {
            break;
        }
        Monitor* const monitor = monitors_.at_place(base::load<std::uint32_t>(at + wire::pva::header_bytes, order));
        if (monitor == nullptr) {
            break;
        }
        __builtin_prefetch(monitor, 1);
        seen[count++] = {at, at + total, monitor};
        at += total;
    }
    return count;
}

// hot: checks an update and hands it over, if it is a number's, of a monitor that runs here.
bool Connection::take_number(const Seen<Monitor>& seen)
{
    Monitor& monitor = *seen.monitor;
    const base::ByteOrder order = order_of(seen.at);
    const bool as_asked = monitor.layout != nullptr && monitor.layout->home() == this &&
                          base::load<std::uint32_t>(seen.at + wire::pva::header_bytes, order) == monitor.id &&
                          seen.at[head - 1] == std::byte{};
    if (!as_asked) {
        return false;
    }
    base::Reader reader({seen.at + head, seen.end}, order);
    // The long way judges overruns too; it takes the same once more.
    if (!monitor.layout->take(reader, monitor.number) || reader.u8() != 0 || !reader.ok()) {
        return false;
    }
    tell(batch_, monitor);
    return true;
}

// hot: per update no allocation, and one cache line beside the stream's own. Gives the bytes taken; stops at anything
// that dispatch() shall judge.
std::size_t Connection::take_numbers(std::span<const std::byte> bytes)
{
    return take_updates<Monitor>(
        bytes, [this](auto at, auto end, auto& seen) { return look_ahead(at, end, seen); },
        [this](const Seen<Monitor>& seen) { return take_number(seen); });
}

} // namespace iochron::client::pva
