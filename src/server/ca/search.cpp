#include "server/ca/search.h"

#include "wire/ca/message.h"
#include "wire/ca/search.h"
#include "wire/ca/version.h"

#include <algorithm>
#include <memory>

namespace iochron::server::ca {
namespace {

using wire::ca::Command;

constexpr std::uint16_t minor_least = 4;          ///< of the datagram and of each search
constexpr std::uint16_t minor_with_sequence = 11; ///< from here on the answer starts with a VERSION
constexpr std::size_t datagram_bytes = 1024;      ///< as libca and rsrv send at the most

} // namespace

void SearchResponder::read(std::span<const std::byte> datagram)
{
    names_.clear();
    ids_.clear();
    minor_ = 0;
    sequence_ = 0;
    while (!datagram.empty()) {
        const wire::ca::Frame frame = wire::ca::next_message(datagram, {.may_extend = false});
        if (frame.kind != wire::ca::Frame::Kind::message) {
            return;
        }
        datagram = datagram.subspan(static_cast<std::size_t>(frame.total_bytes));
        if (frame.header.command == Command::version) {
            const wire::ca::Version version = decode_version(frame.header);
            minor_ = version.minor;
            sequence_ = version.sequence;
        } else if (frame.header.command == Command::search) {
            const auto search = wire::ca::decode_search(frame.header, frame.payload);
            if (search && !search->name.empty() && minor_ >= minor_least && search->minor >= minor_least) {
                names_.push_back(search->name);
                ids_.push_back(static_cast<std::uint32_t>(search->id));
            }
        } else if (frame.header.command != Command::echo) {
            return;
        }
    }
}

void SearchResponder::answer(std::span<const std::byte> datagram, std::uint16_t port,
                             const std::function<void(std::span<const std::byte>)>& send)
{
    read(datagram);
    if (names_.empty()) {
        return;
    }
    counts_.searches.add(names_.size());
    const auto found = std::make_unique<bool[]>(names_.size());
    find_(names_, {found.get(), names_.size()});
    answer_.resize(datagram_bytes);
    const auto begin = [&] {
        base::Writer writer(answer_);
        if (minor_ >= minor_with_sequence) {
            encode(writer, wire::ca::datagram_version(sequence_));
        }
        return writer;
    };
    base::Writer writer = begin();
    const std::size_t head = writer.offset();
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (!found[i]) {
            continue;
        }
        const wire::ca::SearchReply reply{.port = port, .id = wire::ca::Cid{ids_[i]}, .minor = wire::ca::minor_version};
        if (frame_bytes(reply) > writer.left()) {
            send(std::span(answer_).first(writer.offset()));
            writer = begin();
        }
        encode(writer, reply);
        counts_.found.add();
    }
    if (writer.offset() > head) {
        send(std::span(answer_).first(writer.offset()));
    }
}

} // namespace iochron::server::ca
