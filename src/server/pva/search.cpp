#include "server/pva/search.h"

#include "wire/pva/datagram.h"

#include <memory>

namespace iochron::server::pva {

using wire::pva::Command;
using wire::pva::Search;

std::optional<wire::pva::SearchResponse> answer_to(const Search& search, const wire::pva::Guid& guid,
                                                   std::uint16_t port, const Find& find)
{
    std::vector<std::string_view> names;
    for (const Search::Name& name : search.names) {
        names.push_back(name.name);
    }
    const std::unique_ptr<bool[]> found(new bool[names.size()]{});
    find(names, {found.get(), names.size()});
    wire::pva::SearchResponse response{.guid = guid, .sequence = search.sequence, .port = port, .ids = {}};
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (found[i]) {
            response.ids.push_back(search.names[i].id);
        }
    }
    response.found = !response.ids.empty();
    const bool due = response.found || (search.flags & Search::must_reply) != 0;
    return due ? std::optional(std::move(response)) : std::nullopt;
}

void SearchResponder::answer(const Datagram& datagram, std::uint16_t port, const Sends& sends)
{
    bool tagged = false;
    std::span<const std::byte> left = datagram.bytes;
    while (auto message = wire::pva::next_message(left)) {
        if (message->header.command() == Command::origin_tag) {
            tagged = true;
        }
        if (message->header.command() != Command::search || tagged != datagram.handed_on) {
            continue; // what was handed on counts only where it is known to come from this host
        }
        auto search = wire::pva::read_search(message->payload);
        if (!search || !search->tcp || !search->answer_to || (tagged && search->answer_to->any())) {
            return;
        }
        const base::Ipv4 address = search->answer_to->any() ? datagram.from.address : *search->answer_to;
        const base::Endpoint to{address, search->answer_port == 0 ? datagram.from.port : search->answer_port};
        if (!tagged && (search->flags & Search::unicast) != 0 && sends.hand_on) {
            hand_on(*search, to, sends);
        } else {
            answer(*search, to, port, sends);
        }
    }
}

void SearchResponder::answer(const Search& search, base::Endpoint to, std::uint16_t port, const Sends& sends)
{
    ++searches_;
    if (const auto response = answer_to(search, guid_, port, find_)) {
        ++answered_;
        bytes_.clear();
        write(bytes_, wire::pva::Role::server, base::ByteOrder::big, *response);
        sends.answer(to, bytes_);
    }
}

void SearchResponder::hand_on(const Search& search, base::Endpoint to, const Sends& sends)
{
    bytes_.clear();
    wire::pva::write_handed_on(bytes_, search, to);
    sends.hand_on(bytes_);
}

} // namespace iochron::server::pva
