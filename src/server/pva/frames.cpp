#include "server/pva/frames.h"

#include "wire/pva/bit_set.h"
#include "wire/pva/encoder.h"
#include "wire/pva/header.h"
#include "wire/pva/size.h"

namespace iochron::server::pva {
namespace {

using wire::pva::header_bytes;

std::size_t whole_bytes(std::span<const std::byte> frame)
{
    const auto header = wire::pva::read_header(frame.first<header_bytes>());
    return header && !header->control ? header_bytes + header->size : header_bytes;
}

constexpr std::size_t size_at = 4;
constexpr std::size_t subcommand_at = id_offset + 4;

/// The fields that an update marks, lowest first, 8 to a byte as this server's byte order has them.
std::span<const std::byte> marks(std::span<const std::byte> frame)
{
    base::Reader reader(frame.subspan(subcommand_at + 1), byte_order);
    const std::size_t size = wire::pva::read_size(reader);
    return reader.bytes(size);
}

/// A monitor's message with the subcommand 0 is an update; INIT and the end of a monitor are never dropped.
std::optional<std::uint32_t> updated(std::span<const std::byte> frame)
{
    const auto header = wire::pva::read_header(frame.first<header_bytes>());
    if (!header || header->control || header->command() != wire::pva::Command::monitor ||
        frame[subcommand_at] != std::byte{0}) {
        return std::nullopt;
    }
    return base::load<std::uint32_t>(frame.data() + id_offset, base::native_order);
}

/// An update tells what it marks. (Structures inside are never marked as a whole by us, see pv::Structure.)
bool tells_all(std::span<const std::byte> newer, std::span<const std::byte> older)
{
    const auto has = marks(newer);
    const auto wants = marks(older);
    for (std::size_t i = 0; i < wants.size(); ++i) {
        if (const std::byte there = i < has.size() ? has[i] : std::byte{}; (wants[i] & ~there) != std::byte{}) {
            return false;
        }
    }
    return true;
}

/// The fields that older updates have told too are marked at the end, where an update has no such mark before.
base::Output::Amendment tell_overrun(std::span<const std::byte> update,
                                     std::span<const std::span<const std::byte>> superseded)
{
    pv::BitSet told;
    for (const std::span<const std::byte> older : superseded) {
        base::Reader reader(older.subspan(subcommand_at + 1), byte_order);
        told |= wire::pva::read_bit_set(reader);
    }
    std::vector<std::byte> end;
    wire::pva::Encoder encoder(end, byte_order);
    write(encoder, told);
    const bool borrows = whole_bytes(update) > update.size(); // its end stands behind what it shares
    base::Output::Amendment amendment;
    amendment.head.assign(update.begin(), borrows ? update.end() : update.end() - 1);
    base::store(amendment.head.data() + size_at,
                static_cast<std::uint32_t>(whole_bytes(update) - header_bytes - 1 + end.size()), byte_order);
    if (borrows) {
        amendment.end = std::move(end);
    } else {
        amendment.head.insert(amendment.head.end(), end.begin(), end.end());
    }
    return amendment;
}

} // namespace

const Frames frames{.bytes = whole_bytes, .update = updated, .covers = tells_all, .overrun = tell_overrun};

} // namespace iochron::server::pva
