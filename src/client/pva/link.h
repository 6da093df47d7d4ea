#pragma once

#include "client/pva/client.h"

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

namespace iochron::client::pva {

/// The client's view of one server: the connection while there is one, the attempt to make it, and the channels that
/// live on it.
/// Thread: shard
class Client::Link final : public ConnectionUser {
  public:
    Link(Client& client, const base::Endpoint& server)
        : client_(client), server_(server), creation_timer_(client.shard_)
    {
        creation_timer_.at(base::never, [this] { client_.give_up_creations(*this); });
    }

    // ConnectionUser
    void validated() override { client_.validated(*this); }
    void created(std::uint32_t cid, std::uint32_t sid, const wire::pva::Status& status) override
    {
        client_.created(*this, cid, sid, status);
    }
    void destroyed(std::uint32_t cid, std::uint32_t sid) override { client_.destroyed(*this, cid, sid); }
    bool answered(wire::pva::Command command, std::uint32_t id, base::Reader& reader,
                  wire::pva::TypeCache& types) override
    {
        return client_.answered(*this, command, id, reader, types);
    }
    void settled() override { client_.settled(); }
    void message(std::uint32_t id, wire::pva::MessageKind kind, std::string_view text) override
    {
        client_.told(*this, id, kind, text);
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
    /// Channels that the server was asked to create, oldest first, each with the time when it should have answered.
    struct Creation {
        base::Steady answer_by;
        std::uint32_t channel;
    };
    std::deque<Creation> creations_;
    reactor::Timer creation_timer_;
};

} // namespace iochron::client::pva
