#pragma once

#include "client/pva/client.h"

#include <optional>
#include <string_view>
#include <vector>

namespace iochron::client::pva {

/// The client's view of one server: the connection while there is one, the attempt to make it, and the channels that
/// live on it.
/// Thread: shard
class Client::Link final : public ConnectionUser {
  public:
    Link(Client& client, const base::Endpoint& server) : client_(client), server_(server) {}

    // ConnectionUser
    void validated() override { client_.validated(*this); }
    void created(std::uint32_t cid, std::uint32_t sid, const wire::pva::Status& status) override
    {
        client_.created(cid, sid, status);
    }
    void destroyed(std::uint32_t cid) override { client_.lost(cid, "the server took the channel away", false); }
    bool answered(wire::pva::Command command, std::uint32_t id, base::Reader& reader,
                  wire::pva::TypeCache& types) override
    {
        return client_.answered(*this, command, id, reader, types);
    }
    void settled() override { client_.settled(); }
    void message(std::string_view text) override
    {
        client_.log_.warning("pva.client.message " + to_string(server_), "PVA server {}: {}", to_string(server_), text);
    }
    void answered(const wire::pva::SearchResponse& response) override { client_.searcher_.answered(response, server_); }
    void gone(std::string_view why) override { client_.gone(*this, why); }

    void touch()
    {
        if (stream_ != nullptr) {
            stream_->touch();
        }
    }

  private:
    friend class Client;

    Client& client_;
    base::Endpoint server_;
    std::optional<reactor::TcpConnect> connect_;
    reactor::TcpStream* stream_ = nullptr; ///< null until connected
    Connection* connection_ = nullptr;     ///< likewise
    bool validated_ = false;
    std::vector<std::uint32_t> channels_;
};

} // namespace iochron::client::pva
