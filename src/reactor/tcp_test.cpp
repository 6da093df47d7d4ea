#include "reactor/tcp.h"

#include "reactor/echo_connection.h"
#include "reactor/socket.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace iochron::reactor {
namespace {

using namespace std::chrono_literals;
using base::Steady;

class NotingLog : public base::Log {
  public:
    void write(base::Level, std::string_view key, std::string_view text) override
    {
        lines.push_back(fmt::format("{} {}", key, text));
    }
    std::vector<std::string> lines;
};

/// A shard with an echo server on loopback, and streams for clients.
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

TEST_F(Tcp, CarriesAConversationBothWays)
{
    serve();
    connect("hello", server());
    ASSERT_TRUE(run([&] { return client_seen.received == "hello"; }));
    EXPECT_EQ(server_seen.received, "hello");
    EXPECT_EQ(served.size(), 1u);
    EXPECT_EQ(client_stream->peer(), server());
    served.each([&](TcpStream& stream) {
        EXPECT_EQ(stream.peer(), client_stream->local());
        EXPECT_EQ(stream.bytes_received(), 5u);
        EXPECT_EQ(stream.bytes_sent(), 5u);
    });
    EXPECT_EQ(client_seen.sent, 1);
    EXPECT_FALSE(connects[0].pending());
}

TEST_F(Tcp, FinishesAfterTheLastOutputIsWritten)
{
    serve();
    connect("", server());
    ASSERT_TRUE(run([&] { return served.size() == 1 && client != nullptr; }));
    const std::string much(3'000'000, 'm');
    client->say(much);
    client->finish(); // its side ends; the server sees that, answers all, and ends its own
    client_stream->touch();
    ASSERT_TRUE(run([&] { return !server_seen.closed.empty() && !client_seen.closed.empty(); }));
    EXPECT_EQ(server_seen.received, much);
    EXPECT_EQ(server_seen.ended, 1);
    EXPECT_EQ(server_seen.closed, std::vector<std::string>{"closed by the peer"});
    EXPECT_EQ(client_seen.closed, std::vector<std::string>{"closed by this side"});
    EXPECT_EQ(server_seen.destroyed + client_seen.destroyed, 2);
    EXPECT_TRUE(served.empty());
}

TEST_F(Tcp, AnswersAPeerThatHasEndedItsSide)
{
    serve();
    Socket peer(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = to_sockaddr(server());
    ASSERT_EQ(::connect(peer.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::send(peer.descriptor(), "last words", 10, 0), 10);
    ::shutdown(peer.descriptor(), SHUT_WR);
    ASSERT_TRUE(run([&] { return !server_seen.closed.empty(); }));
    EXPECT_EQ(server_seen.ended, 1);
    char answer[20];
    EXPECT_EQ(::recv(peer.descriptor(), answer, sizeof answer, MSG_WAITALL), 10); // and then the end
}

TEST_F(Tcp, TellsAResetInWords)
{
    serve();
    {
        Socket peer(::socket(AF_INET, SOCK_STREAM, 0));
        const sockaddr_in address = to_sockaddr(server());
        ASSERT_EQ(::connect(peer.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        ASSERT_TRUE(run([&] { return served.size() == 1; }));
        const linger none{1, 0}; // close as a reset
        ::setsockopt(peer.descriptor(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
    }
    ASSERT_TRUE(run([&] { return !server_seen.closed.empty(); }));
    EXPECT_EQ(server_seen.closed, std::vector<std::string>{"connection reset by peer"});
    EXPECT_EQ(server_seen.destroyed, 1);
    EXPECT_EQ(server_seen.ended, 0);
}

TEST_F(Tcp, NoticesAResetAfterThePeerHasEnded)
{
    auto opened = TcpListener::open(
        served, {.addresses = {base::ipv4_loopback}},
        [this](TcpStream& stream) {
            class Staying : public ListeningConnection { // does not finish
              public:
                using ListeningConnection::ListeningConnection;
                void ended(Steady) override { ++seen().ended; }
            };
            return std::make_unique<Staying>(stream.shard().pool(), server_seen);
        },
        log);
    ASSERT_TRUE(opened);
    listener = std::move(*opened);
    {
        Socket peer(::socket(AF_INET, SOCK_STREAM, 0));
        const sockaddr_in address = to_sockaddr(server());
        ASSERT_EQ(::connect(peer.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        ::shutdown(peer.descriptor(), SHUT_WR);
        ASSERT_TRUE(run([&] { return server_seen.ended == 1; }));
        EXPECT_EQ(served.size(), 1u);
        const linger none{1, 0};
        ::setsockopt(peer.descriptor(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
    }
    ASSERT_TRUE(run([&] { return !server_seen.closed.empty(); }));
    EXPECT_EQ(server_seen.closed, std::vector<std::string>{"connection reset by peer"});
}

TEST_F(Tcp, ReadsWhatAPeerSentBeforeItWentThoughNothingCanBeWritten)
{
    serve();
    connect("", server());
    ASSERT_TRUE(run([&] { return served.size() == 1 && client != nullptr; }));
    client->say(std::string(100'000, 'p'));
    client_stream->touch();
    client_stream->flush();
    client_stream->close("gone"); // with the echo coming: a reset follows
    ASSERT_TRUE(run([&] { return !server_seen.closed.empty(); }));
    EXPECT_EQ(server_seen.received.size(), 100'000u);
    EXPECT_EQ(client_seen.closed, std::vector<std::string>{"gone"});
    EXPECT_EQ(server_seen.destroyed, 1);
}

TEST_F(Tcp, ServesAHundredConnections)
{
    serve();
    for (int i = 0; i < 100; ++i) {
        connect(std::string(10'000, 'c'), server());
    }
    ASSERT_TRUE(run([&] { return client_seen.received.size() == 1'000'000; }));
    EXPECT_EQ(served.size(), 100u);
    served.close_all("maintenance");
    ASSERT_TRUE(run([&] { return served.empty() && clients.size() == 0; }));
    EXPECT_EQ(server_seen.closed, std::vector<std::string>(100, "maintenance"));
    EXPECT_EQ(server_seen.destroyed, 100);
    EXPECT_EQ(client_seen.destroyed, 100);
}

TEST_F(Tcp, CallsDueAtTheDeadlineOnceEvenWhenItMoved)
{
    serve();
    connect("", server());
    ASSERT_TRUE(run([&] { return client != nullptr; }));
    client->set_deadline(shard.now() + 1ms);
    client_stream->touch();
    bool looked = false;
    shard.post([&] { looked = true; });
    ASSERT_TRUE(run([&] { return looked; }));
    const Steady later = shard.refresh() + 5ms;
    client->set_deadline(later);
    client_stream->touch();
    ASSERT_TRUE(run([&] { return client_seen.due > 0; }));
    EXPECT_GE(shard.now(), later);
    EXPECT_EQ(client_seen.due, 1);
}

/// A client that does not read: the kernel blocks the server's stream, and the rest is the server's output.
TEST_F(Tcp, HoldsBackForAReaderThatStopsAndServesOthers)
{
    std::map<base::Endpoint, TcpStream*> streams;
    std::vector<ListeningConnection*> made;
    auto opened = TcpListener::open(
        served, {.addresses = {base::ipv4_loopback}},
        [&](TcpStream& stream) {
            auto connection = std::make_unique<ListeningConnection>(stream.shard().pool(), server_seen);
            made.push_back(connection.get());
            streams[stream.peer()] = &stream;
            return connection;
        },
        log);
    ASSERT_TRUE(opened);
    listener = std::move(*opened);
    Socket stopped(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = to_sockaddr(server());
    ASSERT_EQ(::connect(stopped.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_TRUE(run([&] { return made.size() == 1; }));
    TcpStream& slow = *streams.begin()->second;
    std::uint64_t produced = 0;
    while (!slow.blocked()) {
        made[0]->say(std::string(100'000, 's'));
        produced += 100'000;
        slow.flush_if_large();
        ASSERT_LT(produced, 100'000'000u);
    }
    made[0]->say(std::string(1'000'000, 's')); // waits in the output, and is not written over and over
    produced += 1'000'000;
    slow.touch();

    connect("", server());
    ASSERT_TRUE(run([&] { return made.size() == 2 && client != nullptr; }));
    made[1]->say("served");
    served.each([](TcpStream& stream) { stream.touch(); });
    ASSERT_TRUE(run([&] { return client_seen.received == "served"; }));
    EXPECT_TRUE(slow.blocked());
    EXPECT_EQ(slow.bytes_sent() + made[0]->output().size(), produced);
    EXPECT_NE(made[0]->output().oldest(), base::never); // its lag can be seen

    std::string buffer(1'000'000, '\0');
    std::uint64_t read = 0;
    ASSERT_TRUE(run([&] {
        const ssize_t size = ::recv(stopped.descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        read += size > 0 ? static_cast<std::uint64_t>(size) : 0;
        return read == produced;
    }));
    EXPECT_TRUE(made[0]->output().empty());
}

TEST_F(Tcp, GivesUpOnAPeerThatDoesNotReadTheLastOutput)
{
    TcpStreams impatient(shard, {.closing = 1ms});
    TcpStream* stream = nullptr;
    auto opened = TcpListener::open(
        impatient, {.addresses = {base::ipv4_loopback}},
        [&](TcpStream& made) {
            stream = &made;
            auto connection = std::make_unique<ListeningConnection>(made.shard().pool(), server_seen);
            connection->say(std::string(50'000'000, 'x'));
            connection->finish();
            return connection;
        },
        log);
    ASSERT_TRUE(opened);
    listener = std::move(*opened);
    Socket stopped(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = to_sockaddr(server());
    ASSERT_EQ(::connect(stopped.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_TRUE(run([&] { return !server_seen.closed.empty(); }));
    EXPECT_EQ(server_seen.closed, std::vector<std::string>{"the peer does not read the last output"});
    listener.reset();
}

/// Always has more, and makes output for a stream in each slice.
class Producer : public Work {
  public:
    explicit Producer(TcpStream& stream) : stream_(stream) {}
    Steady next_deadline() override { return {}; }
    bool advance(Steady) override
    {
        ++slices;
        static_cast<EchoConnection&>(stream_.connection()).say("*");
        stream_.touch();
        return true;
    }
    int slices = 0;

  private:
    TcpStream& stream_;
};

TEST_F(Tcp, EchoesWhileWorkAlwaysHasMore)
{
    serve();
    connect("", server());
    ASSERT_TRUE(run([&] { return served.size() == 1 && client != nullptr; }));
    Producer* producer = nullptr;
    served.each([&](TcpStream& stream) { producer = new Producer(stream); });
    const std::unique_ptr<Producer> owner(producer);
    shard.add(*producer);
    for (std::size_t i = 1; i <= 20; ++i) {
        client->say("e");
        client_stream->touch();
        ASSERT_TRUE(run([&] { return server_seen.received.size() == i; }));
    }
    ASSERT_TRUE(run([&] {
        return std::count(client_seen.received.begin(), client_seen.received.end(), 'e') == 20 &&
               client_seen.received.find('*') != std::string::npos;
    }));
    EXPECT_GT(producer->slices, 20);
    shard.remove(*producer);
}

TEST_F(Tcp, SaysWhenNobodyListens)
{
    base::Endpoint nobody;
    {
        serve();
        nobody = server();
        listener.reset();
    }
    connect("", nobody);
    ASSERT_TRUE(run([&] { return !failures.empty(); }));
    EXPECT_EQ(failures[0], "connection refused by " + base::to_string(nobody));
    EXPECT_FALSE(connects[0].pending());
    EXPECT_TRUE(clients.empty());
}

TEST_F(Tcp, SaysWhenNobodyAnswersInTime)
{
    Socket full = make_socket(SOCK_STREAM); // a queue of one that nobody takes from: further peers get no answer
    const sockaddr_in any = to_sockaddr({base::ipv4_loopback, 0});
    ASSERT_EQ(::bind(full.descriptor(), reinterpret_cast<const sockaddr*>(&any), sizeof any), 0);
    ASSERT_EQ(::listen(full.descriptor(), 0), 0);
    const base::Endpoint at = local_endpoint(full.descriptor());
    const sockaddr_in address = to_sockaddr(at);
    Socket first(::socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(::connect(first.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    TcpConnect connect(
        clients, at, 20ms,
        [](TcpStream&) -> std::unique_ptr<base::Connection> {
            ADD_FAILURE();
            return nullptr;
        },
        [&](std::string why) { failures.push_back(std::move(why)); });
    EXPECT_TRUE(connect.pending());
    ASSERT_TRUE(run([&] { return !failures.empty(); }));
    EXPECT_EQ(failures[0], "no answer from " + base::to_string(at) + " within 0.02 s");
}

TEST_F(Tcp, GivesUpSilentlyWhenTheConnectIsDestroyed)
{
    serve();
    connect("", server());
    connects.clear();
    connect("second", server());
    ASSERT_TRUE(run([&] { return client_seen.received == "second"; }));
    EXPECT_EQ(clients.size(), 1u);
    EXPECT_TRUE(failures.empty());
}

TEST_F(Tcp, TakesAnotherPortForAllAddressesWhenOneIsTaken)
{
    serve({.addresses = {*base::parse_ipv4("127.0.0.2")}});
    TcpStreams others(shard);
    const auto make = [](TcpStream&) -> std::unique_ptr<base::Connection> { return nullptr; };
    const ListenSettings settings{.addresses = {base::ipv4_loopback, *base::parse_ipv4("127.0.0.2")},
                                  .port = listener->port()};
    auto other = TcpListener::open(others, settings, make, log);
    ASSERT_TRUE(other) << other.error();
    EXPECT_TRUE((*other)->has_other_port());
    ASSERT_EQ((*other)->endpoints().size(), 2u);
    EXPECT_EQ((*other)->endpoints()[0], (base::Endpoint{base::ipv4_loopback, (*other)->port()}));
    EXPECT_EQ((*other)->endpoints()[1].port, (*other)->port());
    EXPECT_NE((*other)->port(), listener->port());
}

TEST_F(Tcp, SaysWhyAPortCannotBeHad)
{
    serve();
    const auto make = [](TcpStream&) -> std::unique_ptr<base::Connection> { return nullptr; };
    const ListenSettings taken{.addresses = {base::ipv4_loopback}, .port = listener->port(), .other_port = false};
    const auto in_use = TcpListener::open(served, taken, make, log);
    ASSERT_FALSE(in_use);
    EXPECT_EQ(in_use.error(), fmt::format("TCP port {} is in use on 127.0.0.1; stop the other program or choose "
                                          "another port",
                                          listener->port()));
    const ListenSettings foreign{.addresses = {*base::parse_ipv4("192.0.2.1")}};
    const auto elsewhere = TcpListener::open(served, foreign, make, log);
    ASSERT_FALSE(elsewhere);
    EXPECT_EQ(elsewhere.error(), "192.0.2.1 is not an address of this host; choose one of its own");
}

TEST_F(Tcp, TurnsAwayMoreConnectionsThanTheLimit)
{
    serve({.addresses = {base::ipv4_loopback}, .connections = 2});
    for (int i = 0; i < 3; ++i) {
        connect("x", server());
    }
    ASSERT_TRUE(run([&] { return client_seen.received == "xx" && client_seen.closed.size() == 1; }));
    EXPECT_EQ(served.size(), 2u);
    ASSERT_EQ(log.lines.size(), 1u);
    EXPECT_NE(log.lines[0].find("2 connections are open, which is the limit"), std::string::npos) << log.lines[0];
}

TEST_F(Tcp, GoesOnAcceptingAfterDescriptorsHadRunOut)
{
    serve({.addresses = {base::ipv4_loopback}, .pause = 1ms});
    Socket peer(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = to_sockaddr(server());
    ASSERT_EQ(::connect(peer.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const Socket lowest_free(::dup(peer.descriptor()));
    const rlimit none_left{static_cast<rlim_t>(lowest_free.descriptor()), before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none_left), 0);
    int turns = 0;
    run([&] { return !log.lines.empty() && ++turns > 3; }); // it tries some more times, silently
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_EQ(log.lines.size(), 1u);
    EXPECT_NE(log.lines[0].find("raise the limit (ulimit -n)"), std::string::npos) << log.lines[0];
    EXPECT_TRUE(served.empty());
    ASSERT_TRUE(run([&] { return served.size() == 1; }));
}

TEST_F(Tcp, ClosesAllWhenTheStreamsAreDestroyed)
{
    serve();
    {
        TcpStreams some(shard);
        TcpConnect one(
            some, server(), 5s,
            [this](TcpStream& stream) {
                return std::make_unique<ListeningConnection>(stream.shard().pool(), client_seen);
            },
            [](const std::string&) {});
        ASSERT_TRUE(run([&] { return some.size() == 1; }));
    }
    EXPECT_EQ(client_seen.closed, std::vector<std::string>{"shutting down"});
    EXPECT_EQ(client_seen.destroyed, 1);
    ASSERT_TRUE(run([&] { return server_seen.destroyed == 1; }));
}

} // namespace
} // namespace iochron::reactor
