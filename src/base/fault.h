#pragma once

#include <cstddef>
#include <expected>
#include <string>

namespace iochron::base {

/// What is wrong with bytes that a peer sent: the peer is at fault, never the user and never we.
struct Fault {
    std::size_t offset = 0; ///< where in the bytes given to the decoder
    std::string what;       ///< one clause without a full stop: "count 7 needs 56 bytes, 40 follow"
};

/// A decoded message, or where and why the bytes make none.
template <class T>
using Result = std::expected<T, Fault>;

} // namespace iochron::base
