#pragma once

#include "base/fault.h"
#include "base/output.h"
#include "base/writer.h"
#include "pv/sample.h"
#include "pv/status.h"
#include "wire/ca/dbr.h"
#include "wire/ca/eca.h"
#include "wire/ca/elements.h"
#include "wire/ca/header.h"
#include "wire/ca/ids.h"

#include <cstdint>
#include <limits>
#include <span>

namespace iochron::wire::ca {

/// The count that an answer has: the one asked for, or as many as there are.
[[nodiscard]] constexpr std::uint32_t answer_count(std::uint32_t asked, const pv::Value& value)
{
    return asked != 0 ? asked : static_cast<std::uint32_t>(value.count());
}

/// Writes a value of any valid type: its block (see block.h) and `count` elements (see elements.h), in all
/// dbr_bytes(type, count). On failure they are all zeros, which is what rsrv sends with the failure's status:
/// no_conversion, or get_failed for the types that can only be written. class_name is the Meta's record_type.
pv::Status encode_value(base::Writer& writer, Dbr type, std::uint32_t count, const pv::Sample& sample);

/// A message with a value and a status: an update (event_add) or the answer to READ_NOTIFY.
struct ValueMessage {
    Command command = Command::event_add;
    Dbr type{};
    std::uint32_t asked = 0; ///< count as asked for; 0: what there is, and nothing on failure
    std::uint32_t p2 = 0;    ///< SubId or Ioid
};

/// Appends it: with the sample's value, or where `status` is none of success or the value cannot be converted with
/// zeros and the failure's code. Gives the code that was sent; tolarge, and nothing is sent, where the payload would
/// exceed `most_bytes`, for which rsrv sends an Error instead.
Eca encode(base::Output& output, const ValueMessage& message, const pv::Sample& sample, Eca status = Eca::normal,
           std::uint64_t most_bytes = std::numeric_limits<std::uint32_t>::max());

/// Writes header and block of a message with a value, which the elements follow (see share_elements()). `out` has room
/// for head_bytes(). Gives the bytes written.
std::size_t encode_head(std::span<std::byte> out, const ValueMessage& message, std::uint32_t count,
                        const pv::Sample& sample, Eca status = Eca::normal);
[[nodiscard]] constexpr std::size_t head_bytes(Dbr type, std::uint32_t count)
{
    const Header header{.size = static_cast<std::uint32_t>(padded(dbr_bytes(type, count))), .count = count};
    return header_bytes(header) + value_offset(type);
}

/// Appends the answer to the deprecated READ: p1 is the Cid; a count of 0 gives no elements and no payload; a single
/// text is cut to its length. On failure nothing is appended (an Error tells of it).
pv::Status encode_read_reply(base::Output& output, Dbr type, std::uint32_t count, Cid cid, Ioid ioid,
                             const pv::Sample& sample,
                             std::uint64_t most_bytes = std::numeric_limits<std::uint32_t>::max());

/// Appends a WRITE or WRITE_NOTIFY of a value with all its elements, of a plain type, put_ackt or put_acks. As libca
/// does it, a single text is cut to its length. Refused, and nothing is appended: no_conversion; too_large for a text
/// over 39 characters; bad_type.
pv::Status encode_write(base::Output& output, Command command, Dbr type, Sid sid, std::uint32_t p2,
                        const pv::Value& value, const pv::Meta* meta = nullptr);

/// The value of a WRITE or WRITE_NOTIFY. Of sts_ to ctrl_ types it is the value part, which rsrv takes from a WRITE
/// (and refuses in a WRITE_NOTIFY). A single text may be shorter than 40 bytes; a count of 0 is an empty array.
/// Fault: fewer bytes than the count needs, or a type that cannot be written.
[[nodiscard]] base::Result<pv::Value> decode_written(Dbr type, std::uint32_t count, std::span<const std::byte> payload);

/// The value of an update or of a read's answer, for any valid type: with its alarm and time, where the type has them
/// (no alarm and undefined_stamp where not). The sample's meta and message are null. With `meta`, properties of a gr_
/// or ctrl_ type are put there, and its type and choices are set. Fault: fewer bytes than the count needs.
[[nodiscard]] base::Result<pv::Sample> decode_value(Dbr type, std::uint32_t count, std::span<const std::byte> payload,
                                                    Shape shape = Shape::by_count, pv::Meta* meta = nullptr);

} // namespace iochron::wire::ca
