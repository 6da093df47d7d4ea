#pragma once

#include "wire/pva/header.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace iochron::wire::pva {

/// A message as it is handed on: of several segments one, whole.
struct Message {
    Header header;
    std::span<const std::byte> payload;
};

/// Cuts a stream into messages, and puts those together that came in segments (between which only control messages
/// may stand). Holds no more than one message, of `most_bytes` at most.
/// Thread: shard
class Assembler {
  public:
    /// `from` is the role that the peer must have: pvxs drops the connection otherwise, and so do we.
    Assembler(Role from, std::size_t most_bytes) : from_(from), most_bytes_(most_bytes) {}

    /// Calls take(message) for each message that is whole, control messages included. It stops where take() gives
    /// false. Gives what is wrong with the stream, empty where nothing is; then it is out of step for ever.
    [[nodiscard]] std::string_view feed(std::span<const std::byte> bytes,
                                        const std::function<bool(const Message&)>& take);

  private:
    struct Step {
        std::size_t used = 0; ///< 0: more bytes are needed
        std::string_view fault{};
        bool stop = false;
    };
    [[nodiscard]] Step next(std::span<const std::byte> bytes, const std::function<bool(const Message&)>& take);
    [[nodiscard]] Step segment(const Header& header, std::span<const std::byte> payload,
                               const std::function<bool(const Message&)>& take);

    Role from_;
    std::size_t most_bytes_;
    std::vector<std::byte> partial_;  ///< the start of a message
    std::vector<std::byte> segments_; ///< payload so far
    Header first_{};                  ///< of the segments
    bool in_segments_ = false;
};

} // namespace iochron::wire::pva
