#include "wire/pva/assembler.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace iochron::wire::pva {

std::optional<Message> Assembler::next(std::span<const std::byte>& bytes)
{
    held_ = {};
    while (!bytes.empty() && fault_.empty()) {
        std::span<const std::byte> message;
        if (partial_bytes_ != 0) {
            if (!complete(bytes)) {
                continue;
            }
            held_ = std::exchange(partial_, {}); // not copied: a large message comes in many pieces
            message = {held_->data(), std::exchange(partial_bytes_, 0)};
        } else if (const std::size_t whole = wanted(bytes); whole > bytes.size()) {
            make_room(whole, bytes.size());
            keep(std::exchange(bytes, {}));
            break;
        } else {
            message = bytes.first(whole);
            bytes = bytes.subspan(whole);
        }
        if (!fault_.empty()) {
            break;
        }
        if (auto taken = take(message)) {
            return taken;
        }
    }
    return std::nullopt;
}

/// How long the message is that starts so, as far as it can be told; 0 after a fault.
std::size_t Assembler::wanted(std::span<const std::byte> start)
{
    if (start.size() < header_bytes) {
        return header_bytes;
    }
    const auto header = read_header(start.first<header_bytes>());
    if (!header) {
        fault_ = "no pvAccess message";
    } else if (header->from != from_) {
        fault_ = "a message that only the other side may send";
    } else if (!header->control && header->size > most_bytes_) {
        fault_ = "a message that is larger than allowed";
    } else {
        return header_bytes + (header->control ? 0 : header->size);
    }
    return 0;
}

/// At once for the whole message; of a very large one not much more than has come, since a header is only a promise.
void Assembler::make_room(std::size_t whole, std::size_t coming)
{
    constexpr std::size_t at_once = 64u << 20;
    const std::size_t room = std::min(whole, std::max({at_once, 2 * partial_bytes_, coming}));
    if (partial_ && partial_->capacity() >= room) {
        return;
    }
    pv::BufferRef larger = pool_.take(room);
    if (partial_bytes_ != 0) {
        std::memcpy(larger->fill(), partial_->data(), partial_bytes_);
    }
    partial_ = std::move(larger);
}

void Assembler::keep(std::span<const std::byte> bytes)
{
    std::memcpy(partial_->fill() + partial_bytes_, bytes.data(), bytes.size());
    partial_bytes_ += bytes.size();
}

/// Moves what the message in partial_ lacks there, and no more. True when it is whole.
bool Assembler::complete(std::span<const std::byte>& bytes)
{
    const auto start = [this] { return std::span(partial_->data(), partial_bytes_); };
    const std::size_t whole = wanted(start());
    assert(whole >= partial_bytes_); // what is no message was not kept
    make_room(whole, 0);
    const std::size_t fits = std::min(whole, partial_->capacity()) - partial_bytes_;
    const std::size_t taken = std::min(fits, bytes.size());
    keep(bytes.first(taken));
    bytes = bytes.subspan(taken);
    return partial_bytes_ >= header_bytes && wanted(start()) <= partial_bytes_;
}

std::optional<Message> Assembler::take(std::span<const std::byte> message)
{
    const Header header = *read_header(message.first<header_bytes>());
    const auto payload = message.subspan(header_bytes);
    const bool whole = header.control || (header.segment == Header::Segment::whole && !in_segments_);
    return whole ? Message{header, payload} : segment(header, payload);
}

std::optional<Message> Assembler::segment(const Header& header, std::span<const std::byte> payload)
{
    const bool starts = header.segment == Header::Segment::first;
    if (header.segment == Header::Segment::whole || starts == in_segments_ ||
        (in_segments_ && (header.code != first_.code || header.order != first_.order))) {
        fault_ = "a segment that does not belong to the message before it";
        return std::nullopt;
    }
    if (segments_.size() + payload.size() > most_bytes_) {
        fault_ = "a message that is larger than allowed";
        return std::nullopt;
    }
    if (starts) {
        first_ = header;
    }
    in_segments_ = true;
    segments_.insert(segments_.end(), payload.begin(), payload.end());
    if (header.segment != Header::Segment::last) {
        return std::nullopt;
    }
    in_segments_ = false;
    joined_ = std::exchange(segments_, {});
    held_ = {};
    first_.segment = Header::Segment::whole;
    first_.size = static_cast<std::uint32_t>(joined_.size());
    return Message{first_, joined_};
}

} // namespace iochron::wire::pva
