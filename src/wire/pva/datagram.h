#pragma once

#include "base/reader.h"
#include "wire/pva/search.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace iochron::wire::pva {

/// A message of a datagram, which may hold several.
struct DatagramMessage {
    Header header;
    base::Reader payload;
};

/// The next one, taken off the front of `left`. Nothing at the end, and from the first one on that is none or is not
/// there whole.
[[nodiscard]] std::optional<DatagramMessage> next_message(std::span<const std::byte>& left);

/// A datagram that answers a search.
struct SearchAnswer {
    std::uint8_t version = 0;
    SearchResponse response; ///< borrows the datagram
};
/// Of the datagram's first message; nothing where it is something else, or makes no sense.
[[nodiscard]] std::optional<SearchAnswer> read_search_answer(std::span<const std::byte> datagram);

} // namespace iochron::wire::pva
