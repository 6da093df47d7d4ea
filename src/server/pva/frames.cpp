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

/// The bit set behind the subcommand. (Structures inside are never marked as a whole by us, see pv::Structure.)
std::span<const std::byte> marks(std::span<const std::byte> update)
{
    base::Reader reader(update.subspan(subcommand_at + 1), byte_order);
    const std::size_t size = wire::pva::read_size(reader);
    return update.subspan(subcommand_at + 1, update.size() - subcommand_at - 1 - reader.left() + size);
}

pv::BitSet marked(std::span<const std::byte> marks)
{
    base::Reader reader(marks, byte_order);
    return wire::pva::read_bit_set(reader);
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

/// The fields that older updates have told too are marked at the end, where an update has no such mark before.
void tell_overrun(std::span<const std::byte> update, const pv::BitSet& told, base::Output::Amendment& how)
{
    const std::size_t whole = whole_bytes(update);
    const bool borrows = whole > update.size(); // its end stands behind what it shares
    how.head.assign(update.begin(), borrows ? update.end() : update.end() - 1);
    std::vector<std::byte>& end = borrows ? how.end : how.head;
    const std::size_t before = end.size();
    wire::pva::Encoder encoder(end, byte_order);
    write(encoder, told);
    const std::size_t size = whole - header_bytes - 1 + end.size() - before;
    base::store(how.head.data() + size_at, static_cast<std::uint32_t>(size), byte_order);
}

} // namespace

const Frames frames{.bytes = whole_bytes, .update = updated, .marks = marks, .marked = marked, .overrun = tell_overrun};

} // namespace iochron::server::pva
