#pragma once

#include "base/fault.h"
#include "base/reader.h"
#include "base/writer.h"
#include "wire/ca/command.h"

#include <cstdint>
#include <limits>
#include <span>

namespace iochron::wire::ca {

/// What starts every message: 16 bytes, or 24 (the extended form, TCP from minor version 9 on) where the size or the
/// count does not fit 16 bits.
struct Header {
    Command command{};
    std::uint32_t size = 0; ///< payload bytes that follow, with their padding: a multiple of 8
    std::uint16_t type = 0; ///< a Dbr, or particular to the command
    std::uint32_t count = 0;
    std::uint32_t p1 = 0;
    std::uint32_t p2 = 0;
    bool extended = false; ///< it came so, or is to be sent so even where the short form would do

    bool operator==(const Header&) const = default;
};

inline constexpr std::size_t short_header_bytes = 16;
inline constexpr std::size_t extended_header_bytes = 24;
/// A message that every circuit can carry, whatever EPICS_CA_MAX_ARRAY_BYTES says (libca's MAX_TCP).
inline constexpr std::size_t carried_message_bytes = 16'384;
/// A size field of this value announces the extended form.
inline constexpr std::uint16_t extended_mark = 0xFFFF;
/// Where size, p1 and p2 (an update's subscription id) lie, in both forms; and the size in the extended one.
inline constexpr std::size_t size_offset = 2;
inline constexpr std::size_t p1_offset = 8;
inline constexpr std::size_t p2_offset = 12;
inline constexpr std::size_t extended_size_offset = 16;

/// Payloads are padded to 8 bytes.
[[nodiscard]] constexpr std::uint64_t padded(std::uint64_t bytes)
{
    return (bytes + 7) & ~std::uint64_t{7};
}

/// As rsrv and libca decide it: the largest payload in the short form is 65528 bytes.
[[nodiscard]] constexpr bool needs_extended(std::uint64_t size, std::uint64_t count)
{
    return size >= extended_mark || count >= extended_mark;
}

[[nodiscard]] constexpr std::size_t header_bytes(const Header& header)
{
    return header.extended || needs_extended(header.size, header.count) ? extended_header_bytes : short_header_bytes;
}

// hot: inline, no branch but the form's.
inline void encode(base::Writer& writer, const Header& header)
{
    const bool extended = header_bytes(header) == extended_header_bytes;
    writer.u16(static_cast<std::uint16_t>(header.command));
    writer.u16(extended ? extended_mark : static_cast<std::uint16_t>(header.size));
    writer.u16(header.type);
    writer.u16(extended ? std::uint16_t{0} : static_cast<std::uint16_t>(header.count));
    writer.u32(header.p1);
    writer.u32(header.p2);
    if (extended) {
        writer.u32(header.size);
        writer.u32(header.count);
    }
}

/// Reads a header of either form. It does not look at the size; next_message() does. With `may_extend` false
/// (a datagram, or a peer below minor version 9) the mark is an ordinary size.
[[nodiscard]] Header decode_header(base::Reader& reader, bool may_extend = true);

/// What the bytes at the head of a stream or datagram make.
struct Frame {
    enum class Kind : std::uint8_t {
        message,    ///< header and payload are whole; total_bytes are used up
        incomplete, ///< at least total_bytes are needed, counted from the head
        too_large,  ///< header is whole, the message exceeds the limit: skip total_bytes, without keeping them
        fault,      ///< the stream is out of step; header is what was read, `why` says more
    };
    Kind kind = Kind::incomplete;
    Header header;
    std::span<const std::byte> payload; ///< in place, with its padding
    std::uint64_t total_bytes = 0;
    const char* why = nullptr;

    /// Only for kind `fault`.
    [[nodiscard]] base::Fault fault() const { return {2, why}; }
};

struct FrameLimits {
    std::uint64_t message_bytes = std::numeric_limits<std::uint64_t>::max(); ///< header and payload
    bool may_extend = true; ///< false for datagrams and for peers below minor version 9
};

// hot: the client calls it for each update.
/// The message at the head of `bytes`. A size that is not a multiple of 8 is a fault: rsrv answers ECA_INTERNAL and
/// closes, libca drops the circuit; in a datagram the rest is dropped, as it is where the last message is incomplete.
[[nodiscard]] inline Frame next_message(std::span<const std::byte> bytes, const FrameLimits& limits = {})
{
    Frame frame;
    frame.total_bytes = short_header_bytes;
    if (bytes.size() < short_header_bytes) {
        return frame;
    }
    const std::byte* const at = bytes.data();
    constexpr auto big = base::ByteOrder::big;
    frame.header = {.command = Command{base::load<std::uint16_t>(at, big)},
                    .size = base::load<std::uint16_t>(at + size_offset, big),
                    .type = base::load<std::uint16_t>(at + 4, big),
                    .count = base::load<std::uint16_t>(at + 6, big),
                    .p1 = base::load<std::uint32_t>(at + p1_offset, big),
                    .p2 = base::load<std::uint32_t>(at + p2_offset, big)};
    std::size_t head = short_header_bytes;
    if (frame.header.size == extended_mark && limits.may_extend) {
        head = frame.total_bytes = extended_header_bytes;
        if (bytes.size() < head) {
            return frame;
        }
        frame.header.size = base::load<std::uint32_t>(at + extended_size_offset, big);
        frame.header.count = base::load<std::uint32_t>(at + 20, big);
        frame.header.extended = true;
    }
    frame.total_bytes = std::uint64_t{head} + frame.header.size;
    if (frame.header.size % 8 != 0) {
        frame.kind = Frame::Kind::fault;
        frame.why = "the payload size is not a multiple of 8";
    } else if (frame.total_bytes > limits.message_bytes) {
        frame.kind = Frame::Kind::too_large;
    } else if (bytes.size() >= frame.total_bytes) {
        frame.kind = Frame::Kind::message;
        frame.payload = bytes.subspan(head, frame.header.size);
    }
    return frame;
}

// hot: where a queue is behind, it walks all that waits.
/// The whole length of a message that was encoded here, so that it is known to be in order.
[[nodiscard]] inline std::size_t encoded_bytes(const std::byte* message)
{
    constexpr auto big = base::ByteOrder::big;
    const auto size = base::load<std::uint16_t>(message + size_offset, big);
    return size == extended_mark
               ? extended_header_bytes + base::load<std::uint32_t>(message + extended_size_offset, big)
               : short_header_bytes + std::size_t{size};
}

} // namespace iochron::wire::ca
