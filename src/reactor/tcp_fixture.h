#pragma once

#include "reactor/echo_connection.h"
#include "reactor/tcp.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace iochron::reactor {

using namespace std::chrono_literals;

/// Keeps its lines for a test to read.
/// Thread: shard
class NotingLog : public base::Log {
  public:
    void write(base::Level, std::string_view key, std::string_view text) override
    {
        lines.push_back(fmt::format("{} {}", key, text));
    }
    std::vector<std::string> lines;
};

/// A shard with an echo server on loopback, and streams for clients. For tests.
/// Thread: shard
class Tcp : public testing::Test {
  protected:
    bool run(const std::function<bool()>& done)
    {
        return shard.run_until(std::chrono::steady_clock::now() + 30s, done);
    }

    void serve(ListenSettings settings = {.addresses = {base::ipv4_loopback}})
    {
        auto opened = TcpListener::open(
            served, settings,
            [this](TcpStream& stream) { return std::make_unique<EchoConnection>(stream.shard().pool(), server_seen); },
            log);
        ASSERT_TRUE(opened) << opened.error();
        listener = std::move(*opened);
    }
    base::Endpoint server() { return {base::ipv4_loopback, listener->port()}; }

    /// Connects a client that says `text`.
    void connect(const std::string& text, base::Endpoint to)
    {
        connects.emplace_back(
            clients, to, 5s,
            [this, text](TcpStream& stream) {
                auto made = std::make_unique<ListeningConnection>(stream.shard().pool(), client_seen);
                made->say(text);
                client = made.get();
                client_stream = &stream;
                return made;
            },
            [this](const std::string& why) { failures.push_back(why); });
    }

    Shard shard;
    NotingLog log;
    Seen server_seen;
    Seen client_seen;
    TcpStreams served{shard};
    TcpStreams clients{shard};
    std::unique_ptr<TcpListener> listener;
    std::vector<TcpConnect> connects;
    ListeningConnection* client = nullptr;
    TcpStream* client_stream = nullptr;
    std::vector<std::string> failures;
};

} // namespace iochron::reactor
