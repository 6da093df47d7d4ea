#include "wire/pva/assembler.h"

#include <algorithm>
#include <utility>

namespace iochron::wire::pva {

std::optional<Message> Assembler::next(std::span<const std::byte>& bytes)
{
    held_.clear();
    while (!bytes.empty() && fault_.empty()) {
        std::span<const std::byte> message;
        if (!partial_.empty()) {
            if (!complete(bytes)) {
                continue;
            }
            held_.swap(partial_); // not copied: a large message comes in many pieces
            partial_.clear();
            message = held_;
        } else if (const std::size_t whole = wanted(bytes); whole > bytes.size()) {
            partial_.assign(bytes.begin(), bytes.end());
            bytes = {};
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

/// Moves what the message in partial_ lacks there, and no more. True when it is whole.
bool Assembler::complete(std::span<const std::byte>& bytes)
{
    const std::size_t lacking = std::min(wanted(partial_) - partial_.size(), bytes.size());
    partial_.insert(partial_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(lacking));
    bytes = bytes.subspan(lacking);
    return partial_.size() >= header_bytes && wanted(partial_) <= partial_.size();
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
    held_ = std::exchange(segments_, {});
    first_.segment = Header::Segment::whole;
    first_.size = static_cast<std::uint32_t>(held_.size());
    return Message{first_, held_};
}

} // namespace iochron::wire::pva
