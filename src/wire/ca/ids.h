#pragma once

#include <cstdint>

namespace iochron::wire::ca {

/// Opaque numbers of one circuit, which wrap. Distinct types, so that one cannot be taken for another.
enum class Cid : std::uint32_t {};   ///< a channel, chosen by the client; also the id of its searches
enum class Sid : std::uint32_t {};   ///< a channel, chosen by the server; 0 is a valid one
enum class Ioid : std::uint32_t {};  ///< a read or write, chosen by the client
enum class SubId : std::uint32_t {}; ///< a subscription, chosen by the client

/// Stands where an ERROR belongs to no channel, and for "the address this came from" in a search reply.
inline constexpr std::uint32_t no_id = 0xFFFF'FFFF;

} // namespace iochron::wire::ca
