#include "reactor/socket.h"
#include "reactor/tcp_fixture.h"

#include <algorithm>
#include <map>

#include <sys/socket.h>

namespace iochron::reactor {
namespace {

using base::Steady;

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

TEST_F(Tcp, IsDrainedOnlyWhenThePeerHasReadAll)
{
    serve();
    Socket peer(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = to_sockaddr(server());
    ASSERT_EQ(::connect(peer.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::send(peer.descriptor(), "question", 8, 0), 8);
    ASSERT_TRUE(run([&] { return server_seen.received == "question"; }));
    served.each([](TcpStream& stream) {
        auto& connection = static_cast<EchoConnection&>(stream.connection());
        connection.say(" answered");
        connection.finish();
        stream.touch();
    });
    ASSERT_TRUE(run([&] { return served.empty(); }));
    EXPECT_FALSE(served.drained());
    // To a socket that is closed already, this would bring a reset, and the answer would be lost.
    ASSERT_EQ(::send(peer.descriptor(), "unread", 6, 0), 6);
    bool later = false;
    shard.post([&] { later = true; });
    ASSERT_TRUE(run([&] { return later; }));
    char answer[40];
    ASSERT_EQ(::recv(peer.descriptor(), answer, sizeof answer, MSG_WAITALL), 17);
    EXPECT_EQ(std::string(answer, 17), "question answered");
    EXPECT_FALSE(served.drained());
    ::shutdown(peer.descriptor(), SHUT_WR);
    ASSERT_TRUE(run([&] { return served.drained(); }));
    EXPECT_EQ(server_seen.closed, std::vector<std::string>{"closed by this side"});
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

/// Has more to say whenever all is written, `pieces` times.
/// Thread: shard
class PiecemealConnection final : public ListeningConnection {
  public:
    PiecemealConnection(base::BlockPool& pool, Seen& seen, int pieces)
        : ListeningConnection(pool, seen), pieces_(pieces)
    {}
    void sent(base::Steady now) override
    {
        ListeningConnection::sent(now);
        if (output().empty() && pieces_ > 0) {
            --pieces_;
            say("piece");
        }
    }

  private:
    int pieces_;
};

TEST_F(Tcp, WritesWhatAConnectionHoldsBackUntilTheRestIsWrittenInTheSameTurn)
{
    serve();
    const TcpConnect connect(
        clients, server(), 5s,
        [this](TcpStream& stream) {
            client_stream = &stream;
            return std::make_unique<PiecemealConnection>(stream.shard().pool(), client_seen, 3);
        },
        [](const std::string& why) { FAIL() << why; });
    ASSERT_TRUE(run([&] { return client_stream != nullptr && served.size() == 1; }));
    static_cast<ListeningConnection&>(client_stream->connection()).say("first");
    client_stream->flush();
    EXPECT_EQ(client_stream->bytes_sent(), 20u);
    EXPECT_EQ(client_seen.sent, 4);
    ASSERT_TRUE(run([&] { return server_seen.received == "firstpiecepiecepiece"; }));
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
