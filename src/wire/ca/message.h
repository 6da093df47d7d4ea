#pragma once

#include "base/output.h"
#include "wire/ca/header.h"

#include <cassert>
#include <concepts>
#include <span>
#include <string_view>

namespace iochron::wire::ca {

/// A message struct: to_header() gives its header, with the padded size, and write_payload(), where there is one, its
/// payload without the padding.
template <class M>
concept Message = requires(const M& message) {
    { to_header(message) } -> std::same_as<Header>;
};
template <class M>
concept MessageWithPayload =
    Message<M> && requires(base::Writer& writer, const M& message) { write_payload(writer, message); };

/// The bytes of the whole message on the wire.
template <Message M>
[[nodiscard]] std::size_t frame_bytes(const M& message)
{
    const Header header = to_header(message);
    return header_bytes(header) + header.size;
}

/// The whole message, with zeros in the padding. The writer has room for frame_bytes().
template <Message M>
void encode(base::Writer& writer, const M& message)
{
    const Header header = to_header(message);
    encode(writer, header);
    const std::size_t start = writer.offset();
    if constexpr (MessageWithPayload<M>) {
        write_payload(writer, message);
    }
    if (writer.ok()) {
        writer.zeros(header.size - (writer.offset() - start));
    }
}

/// Appends the whole message.
template <Message M>
void encode(base::Output& output, const M& message)
{
    const std::size_t bytes = frame_bytes(message);
    base::Writer writer({output.grow(bytes), bytes});
    encode(writer, message);
    assert(writer.ok() && writer.left() == 0);
}

/// A name with its NUL, padded.
[[nodiscard]] constexpr std::uint32_t name_bytes(std::string_view name)
{
    return static_cast<std::uint32_t>(padded(name.size() + 1));
}

/// The text of a payload up to its NUL, or all of it where there is none. (rsrv overwrites the last byte with a NUL
/// instead, and so loses the last letter of an unterminated name.)
[[nodiscard]] inline std::string_view text_of(std::span<const std::byte> payload)
{
    const std::string_view all(reinterpret_cast<const char*>(payload.data()), payload.size());
    return all.substr(0, all.find('\0'));
}

} // namespace iochron::wire::ca
