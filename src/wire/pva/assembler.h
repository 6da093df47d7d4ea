#pragma once

#include "pv/buffer.h"
#include "wire/pva/header.h"

#include <cstddef>
#include <optional>
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

    /// The next message that is whole, control messages included; takes what it used off the front of `bytes`. Nothing
    /// when all bytes are used (the start of a message is kept), or after a fault. The payload is good until the next
    /// call, and as long as `bytes`.
    [[nodiscard]] std::optional<Message> next(std::span<const std::byte>& bytes);
    /// What is wrong with the stream, empty where nothing is; then it is out of step for ever.
    [[nodiscard]] std::string_view fault() const { return fault_; }
    /// Nothing is kept: the next byte starts a message.
    [[nodiscard]] bool between_messages() const { return partial_bytes_ == 0 && !in_segments_; }
    /// The buffer in which the message lies that was given last, so that its arrays need no copy; null where it lies in
    /// `bytes`, or came in segments. Good until the next call.
    [[nodiscard]] const pv::BufferRef& holder() const { return held_; }

  private:
    [[nodiscard]] std::size_t wanted(std::span<const std::byte> start);
    void make_room(std::size_t whole, std::size_t coming);
    void keep(std::span<const std::byte> bytes);
    [[nodiscard]] bool complete(std::span<const std::byte>& bytes);
    [[nodiscard]] std::optional<Message> take(std::span<const std::byte> message);
    [[nodiscard]] std::optional<Message> segment(const Header& header, std::span<const std::byte> payload);

    Role from_;
    std::size_t most_bytes_;
    std::string_view fault_;
    pv::BufferPool pool_{2};
    pv::BufferRef partial_; ///< the start of a message; its room is never less than the header's
    std::size_t partial_bytes_ = 0;
    pv::BufferRef held_;              ///< the message that was given last, where `bytes` did not hold it
    std::vector<std::byte> joined_;   ///< likewise, where it came in segments
    std::vector<std::byte> segments_; ///< payload so far
    Header first_{};                  ///< of the segments
    bool in_segments_ = false;
};

} // namespace iochron::wire::pva
