#pragma once

#include "client/ca/circuit.h"
#include "reactor/tcp.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace iochron::client::ca {

class Client;

/// The client's view of one server at one priority: the circuit while there is one, the attempt to make it, and the
/// channels that live on it. Hands on all that the circuit tells.
/// Thread: shard
class Link final : public CircuitUser {
  public:
    Link(Client& client, const CircuitSettings& settings, bool name_server)
        : client_(client), settings_(settings), name_server_(name_server)
    {}

    void rights(wire::ca::Cid channel, pv::Rights rights) override;
    void created(wire::ca::Cid channel, wire::ca::Sid sid, wire::ca::Dbr native, std::uint32_t count) override;
    void lost(wire::ca::Cid channel) override;
    void read(const ReadAnswer& answer) override;
    void written(wire::ca::Ioid ioid, wire::ca::Eca status) override;
    void properties(Monitor& monitor, wire::ca::Dbr type, std::uint32_t count,
                    std::span<const std::byte> data) override;
    void monitor_failed(wire::ca::SubId subscription, wire::ca::Eca status) override;
    void found(wire::ca::Cid channel, const base::Endpoint& where) override;
    void responsive(bool yes) override;
    void complaint(std::string_view text) override;
    void gone(std::string_view why) override;
    void settled() override;

  private:
    friend class Client;

    Client& client_;
    CircuitSettings settings_;
    bool name_server_;     ///< searches go there, so it stays without channels
    bool leaving_ = false; ///< its last channel is gone: the circuit ends, new channels need another
    std::optional<reactor::TcpConnect> connect_;
    reactor::TcpStream* stream_ = nullptr; ///< null until connected
    Circuit* circuit_ = nullptr;           ///< likewise
    std::vector<std::uint32_t> channels_;
};

} // namespace iochron::client::ca
