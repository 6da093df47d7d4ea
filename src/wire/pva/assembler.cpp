#include "wire/pva/assembler.h"

#include <algorithm>
#include <utility>

namespace iochron::wire::pva {

std::string_view Assembler::feed(std::span<const std::byte> bytes, const std::function<bool(const Message&)>& take)
{
    while (!bytes.empty() || !partial_.empty()) {
        if (partial_.empty()) {
            const Step step = next(bytes, take);
            if (!step.fault.empty() || step.stop) {
                return step.fault;
            }
            if (step.used == 0) {
                partial_.assign(bytes.begin(), bytes.end());
                return {};
            }
            bytes = bytes.subspan(step.used);
            continue;
        }
        // What the message in partial_ lacks, and no more.
        std::size_t whole = header_bytes;
        if (partial_.size() >= header_bytes) {
            const auto header = read_header(std::span<const std::byte>(partial_).first<header_bytes>());
            whole += header && !header->control ? header->size : 0;
        }
        const std::size_t lacking = std::min(whole - std::min(whole, partial_.size()), bytes.size());
        partial_.insert(partial_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(lacking));
        bytes = bytes.subspan(lacking);
        std::vector<std::byte> message = std::exchange(partial_, {});
        const Step step = next(message, take);
        if (!step.fault.empty() || step.stop) {
            return step.fault;
        }
        if (step.used == 0) {
            partial_ = std::move(message); // not copied: a large message comes in many pieces
            if (bytes.empty()) {
                return {};
            }
        }
    }
    return {};
}

Assembler::Step Assembler::next(std::span<const std::byte> bytes, const std::function<bool(const Message&)>& take)
{
    if (bytes.size() < header_bytes) {
        return {};
    }
    const auto header = read_header(bytes.first<header_bytes>());
    if (!header) {
        return {.fault = "no pvAccess message"};
    }
    if (header->from != from_) {
        return {.fault = "a message that only the other side may send"};
    }
    if (header->control) {
        return {.used = header_bytes, .stop = !take({*header, {}})};
    }
    if (header->size > most_bytes_) {
        return {.fault = "a message that is larger than allowed"};
    }
    if (bytes.size() < header_bytes + header->size) {
        return {};
    }
    const auto payload = bytes.subspan(header_bytes, header->size);
    if (header->segment != Header::Segment::whole || in_segments_) {
        Step step = segment(*header, payload, take);
        step.used = header_bytes + header->size;
        return step;
    }
    return {.used = header_bytes + header->size, .stop = !take({*header, payload})};
}

Assembler::Step Assembler::segment(const Header& header, std::span<const std::byte> payload,
                                   const std::function<bool(const Message&)>& take)
{
    const bool starts = header.segment == Header::Segment::first;
    if (header.segment == Header::Segment::whole || starts == in_segments_ ||
        (in_segments_ && (header.code != first_.code || header.order != first_.order))) {
        return {.fault = "a segment that does not belong to the message before it"};
    }
    if (segments_.size() + payload.size() > most_bytes_) {
        return {.fault = "a message that is larger than allowed"};
    }
    if (starts) {
        first_ = header;
    }
    in_segments_ = true;
    segments_.insert(segments_.end(), payload.begin(), payload.end());
    if (header.segment != Header::Segment::last) {
        return {};
    }
    in_segments_ = false;
    const std::vector<std::byte> whole = std::exchange(segments_, {});
    first_.segment = Header::Segment::whole;
    first_.size = static_cast<std::uint32_t>(whole.size());
    return {.stop = !take({first_, whole})};
}

} // namespace iochron::wire::pva
