#include "client/ca/repeater.h"

#include "wire/ca/beacon.h"
#include "wire/ca/message.h"
#include "wire/ca/repeater.h"

#include <algorithm>
#include <array>
#include <utility>

namespace iochron::client::ca {

using wire::ca::Command;

Repeater::Repeater(RepeaterHost& host, Send send) : host_(host), send_(std::move(send)) {}

void Repeater::take(const base::Endpoint& from, std::span<const std::byte> bytes)
{
    if (bytes.empty()) {
        enter(from);
        return;
    }
    const wire::ca::Frame frame = wire::ca::next_message(bytes, {.may_extend = false});
    if (frame.kind != wire::ca::Frame::Kind::message) {
        return;
    }
    if (frame.header.command == Command::repeater_register) {
        enter(from);
    } else if (frame.header.command == Command::beacon) {
        forward(from, bytes);
    }
}

void Repeater::enter(const base::Endpoint& client)
{
    if (client.port == 0 || !host_.is_own(client.address)) {
        return;
    }
    const auto known =
        std::find_if(clients_.begin(), clients_.end(), [&](const auto& other) { return other.port == client.port; });
    if (known != clients_.end()) {
        *known = client;
    } else {
        forget_gone();
        if (clients_.size() >= most_clients) {
            return;
        }
        clients_.push_back(client);
    }
    std::array<std::byte, wire::ca::short_header_bytes> confirm;
    base::Writer writer(confirm);
    encode(writer, wire::ca::RepeaterConfirm{.address = client.address.bits});
    send_(client, confirm);
}

void Repeater::forward(const base::Endpoint& from, std::span<const std::byte> bytes)
{
    datagram_.assign(bytes.begin(), bytes.end());
    const std::span<std::byte> address(datagram_.data() + wire::ca::p2_offset, sizeof from.address.bits);
    if (std::all_of(address.begin(), address.end(), [](std::byte byte) { return byte == std::byte{0}; })) {
        base::Writer(address).u32(from.address.bits);
    }
    for (const base::Endpoint& client : clients_) {
        if (client != from) {
            send_(client, datagram_);
        }
    }
}

void Repeater::forget_gone()
{
    std::erase_if(clients_, [this](const base::Endpoint& client) { return !host_.holds(client.port); });
}

} // namespace iochron::client::ca
