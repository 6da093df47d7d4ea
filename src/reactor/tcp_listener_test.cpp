#include "reactor/socket.h"
#include "reactor/tcp_fixture.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace iochron::reactor {
namespace {

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
#ifdef __SANITIZE_ADDRESS__ // the preset that has the undefined behaviour sanitizer too
    GTEST_SKIP() << "that sanitizer opens a pipe to check an object's type, and takes having none for a bad object";
#else
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
#endif
}

} // namespace
} // namespace iochron::reactor
