#include "server/pva/conversation.h"

#include <gtest/gtest.h>

namespace iochron::server::pva {
namespace {

using namespace std::chrono_literals;

// Bytes as softIocPVX (PVXS 1.5.2) and its clients send them, little-endian, unless said otherwise.
constexpr std::string_view everything = R"(80 00 01 05"field" 80 00 00)";
constexpr std::string_view only_value = R"(80 00 01 05"field" 80 00 01 05"value" 80 00 00)";

class PvaBytesTest : public testing::Test {
  protected:
    PvaBytesTest()
    {
        server.source.add("T:ai", pv::Value::of(7.5));
        client.greet();
        client.take();
    }
    std::string create() { return client.create("T:ai"); }
    /// The length of the answers in messages, which start with the header.
    std::size_t messages(const std::string& hex)
    {
        const auto bytes = wire::from_hex(hex);
        std::size_t count = 0;
        for (std::size_t at = 0; at < bytes.size(); ++count) {
            const auto header =
                wire::pva::read_header(std::span<const std::byte>(bytes).subspan(at).first<wire::pva::header_bytes>());
            at += wire::pva::header_bytes + (header->control ? 0 : header->size);
        }
        return count;
    }

    ServerInMemory server;
    Client client{server};
};

TEST_F(PvaBytesTest, SpeaksFirstAndValidates)
{
    Client other(server);
    EXPECT_EQ(other.take(), expected(R"(ca 02 41 02 00000000
                                        ca 02 40 01 14000000 00000100 ff7f 02 09"anonymous" 02"ca")"));
    other.raw(R"(ca 02 00 01 25000000 00000100 ff7f 0000 02"ca"
                 80 00 02 04"user" 60 04"host" 60 03"bob" 06"myhost")");
    EXPECT_EQ(other.take(), expected("ca 02 40 09 01000000 ff"));
    EXPECT_EQ(other.connection().peer().account, "bob");
    EXPECT_EQ(other.connection().peer().method, "ca");
}

TEST_F(PvaBytesTest, AMethodThatIsNotOfferedGivesNoChannel)
{
    Client other(server);
    other.send(1, R"(00000100 ff7f 0000 04"x509" ff)");
    other.take();
    other.send(7, R"(0100 64000000 04"T:ai")");
    EXPECT_TRUE(other.take().contains(expected("ffffffff 02"))) << "no sid, and an error";
    EXPECT_FALSE(other.connection().finished());
}

TEST_F(PvaBytesTest, EchoGivesTheBytesBack)
{
    client.raw(R"(ca 02 00 02 05000000 "hello")");
    EXPECT_EQ(client.take(), expected(R"(ca 02 40 02 05000000 "hello")"));
    client.raw(R"(ca 01 00 02 05000000 "hello")");
    EXPECT_EQ(client.take(), expected("ca 02 40 02 00000000")) << "as version 1 has it";
}

TEST_F(PvaBytesTest, SearchOverTcp)
{
    client.send(3, R"(44332211 80 000000 00000000000000000000000000000000 0000 01 03"tcp"
                      0200 07000000 04"T:ai" 08000000 04"none")");
    EXPECT_EQ(client.take(), expected(R"(ca 02 40 04 2d000000 000000000000000000000000 44332211
                                         00000000000000000000000000000000 0000 03"tcp" 01 0100 07000000)"));
}

TEST_F(PvaBytesTest, AnUnknownChannelIsRefused)
{
    client.send(7, R"(0100 64000000 04"none")");
    EXPECT_TRUE(client.take().starts_with(expected("ca 02 40 07")));
    EXPECT_EQ(client.connection().channels(), 0u);
    EXPECT_FALSE(client.connection().finished());
}

TEST_F(PvaBytesTest, GetsOneField)
{
    const std::string sid = create();
    client.send(10, fmt::format("{} 01000000 08 {}", sid, only_value));
    EXPECT_TRUE(client.take().contains(expected(R"(01000000 08 ff 80 15"epics:nt/NTScalar:1.0")")));
    client.send(10, fmt::format("{} 01000000 00", sid));
    EXPECT_EQ(client.take(), expected("ca 02 40 0a 10000000 01000000 00 ff 01 02 0000000000001e40"));
    client.send(15, fmt::format("{} 01000000", sid));
    client.send(10, fmt::format("{} 01000000 00", sid));
    EXPECT_EQ(client.take(), "") << "the request is gone; the messages may have crossed";
}

TEST_F(PvaBytesTest, PutsAValue)
{
    const std::string sid = create();
    client.send(11, fmt::format("{} 02000000 08 {}", sid, everything));
    client.take();
    client.send(11, fmt::format("{} 02000000 00 01 02 0000000000000240", sid));
    EXPECT_EQ(client.take(), expected("ca 02 40 0b 06000000 02000000 00 ff"));
    ASSERT_EQ(server.source.written.size(), 1u);
    EXPECT_EQ(server.source.written[0].second.as_double(), 2.25);
}

TEST_F(PvaBytesTest, APutWhoseTypesDoNotFitEndsTheConnection)
{
    const std::string sid = create();
    client.send(11, fmt::format("{} 02000000 08 {}", sid, everything));
    client.take();
    client.send(11, fmt::format("{} 02000000 00 01 02 0000", sid)); // cut
    EXPECT_TRUE(client.connection().finished());
    EXPECT_EQ(server.service.counts().malformed.value(), 1u);
    EXPECT_TRUE(server.source.written.empty());
}

TEST_F(PvaBytesTest, ARequestForNothingThatExistsIsAnError)
{
    const std::string sid = create();
    client.send(13, fmt::format(R"({} 03000000 08 80 00 01 05"field" 80 00 01 04"none" 80 00 00)", sid));
    const std::string answer = client.take();
    EXPECT_TRUE(answer.contains(expected("03000000 0802"))) << answer;
    EXPECT_FALSE(client.connection().finished()) << "pvxs drops the connection here";
}

TEST_F(PvaBytesTest, MonitorsAValue)
{
    const std::string sid = create();
    client.send(13, fmt::format("{} 01000000 08 {}", sid, only_value));
    client.take();
    client.send(13, fmt::format("{} 01000000 44", sid));
    EXPECT_EQ(client.take(), expected("ca 02 40 0d 10000000 01000000 00 01 02 0000000000001e40 00"));
    server.source.post("T:ai", pv::Value::of(3.0));
    EXPECT_EQ(client.take(), expected("ca 02 40 0d 10000000 01000000 00 01 02 0000000000000840 00"));
    client.send(13, fmt::format("{} 01000000 04", sid));
    server.source.post("T:ai", pv::Value::of(4.0));
    EXPECT_EQ(client.take(), "") << "it is stopped";
    client.send(13, fmt::format("{} 01000000 44", sid));
    EXPECT_EQ(client.take(), expected("ca 02 40 0d 10000000 01000000 00 01 02 0000000000001040 00"));
}

TEST_F(PvaBytesTest, APipelineSendsWhatWasGranted)
{
    const std::string sid = create();
    client.raw(fmt::format(R"(ca 02 00 0d 54000000 {} 01000000 88 80 00 02
                              05"field" 80 00 01 05"value" 80 00 00
                              06"record" 80 00 01 08"_options" 80 00 02 08"pipeline" 60 09"queueSize" 60
                              04"true" 01"4" 02000000)",
                           sid));
    EXPECT_TRUE(client.take().contains(expected("01000000 08ff"))) << "without the bit of the pipeline";
    client.send(13, fmt::format("{} 01000000 44", sid));
    for (const double value : {1.0, 2.0, 3.0}) {
        server.source.post("T:ai", pv::Value::of(value));
        server.source.settle_all();
    }
    EXPECT_EQ(messages(client.take()), 2u);
    client.send(13, fmt::format("{} 01000000 80 02000000", sid));
    EXPECT_EQ(messages(client.take()), 2u) << "at once, with nothing posted (pvxs waits for the next post)";
}

TEST_F(PvaBytesTest, ACollapseKeepsWhatIsToldOnlyOnce)
{
    const std::string sid = create();
    client.send(13, fmt::format("{} 01000000 08 {}", sid, everything));
    client.take();
    client.send(13, fmt::format("{} 01000000 44", sid)); // the first update has all, later ones have what changes
    for (const double value : {1.0, 2.0, 3.0}) {
        server.source.post("T:ai", pv::Value::of(value));
    }
    client.connection().collapse();
    const std::string left = client.take();
    EXPECT_EQ(messages(left), 2u) << "the first update with its display and limits, and the newest value";
    EXPECT_EQ(client.connection().backlog().coalesced(), 2u);
    EXPECT_TRUE(left.contains(expected("02ba 0300 0000 0000 0008 40"))) << left;
    EXPECT_TRUE(left.ends_with(expected("02ba03"))) << "all that it tells was told before: overrun";
}

TEST_F(PvaBytesTest, WhatAPipelineWasSentIsNotSuperseded)
{
    const std::string sid = create();
    client.raw(fmt::format(R"(ca 02 00 0d 42000000 {} 01000000 88 80 00 01
                              06"record" 80 00 01 08"_options" 80 00 02 08"pipeline" 60 09"queueSize" 60
                              04"true" 01"4" 02000000)",
                           sid));
    (void)client.take();
    client.send(13, fmt::format("{} 01000000 44", sid));
    for (const double value : {1.0, 2.0, 3.0, 4.0}) {
        server.source.post("T:ai", pv::Value::of(value));
        server.source.settle_all();
    }
    client.connection().collapse(); // which would be without credit for what it drops
    EXPECT_EQ(messages(client.take()), 2u);
}

TEST_F(PvaBytesTest, TheServerChannelListsNames)
{
    const std::string sid = client.create("server");
    client.send(20, fmt::format("{} 01000000 08 ff", sid));
    EXPECT_EQ(client.take(), expected("ca 02 40 14 06000000 01000000 08 ff"));
    client.send(20, fmt::format(R"({} 01000000 10 80 00 01 02"op" 60 08"channels")", sid));
    EXPECT_TRUE(client.take().ends_with(expected(R"(02 03"one" 03"two")")));
}

TEST_F(PvaBytesTest, ALateCallStillDefinesItsTypes)
{
    const std::string sid = create();
    client.send(20, fmt::format("{} 09000000 00 fd 0100 80 00 01 01\"q\" 22 05000000", sid)); // an id that is none
    client.send(10, fmt::format("{} 01000000 08 fe 0100 00000000", sid));
    EXPECT_FALSE(client.take().empty());
    EXPECT_FALSE(client.connection().finished());
}

TEST_F(PvaBytesTest, GetFieldOfAPart)
{
    const std::string sid = create();
    client.send(17, fmt::format(R"({} 01000000 0e"alarm.severity")", sid));
    EXPECT_EQ(client.take(), expected("ca 02 40 11 06000000 01000000 ff 22"));
}

TEST_F(PvaBytesTest, ARequestIdInUseIsAnError)
{
    const std::string sid = create();
    client.send(10, fmt::format("{} 01000000 08 {}", sid, everything));
    client.take();
    client.send(10, fmt::format("{} 01000000 08 {}", sid, everything));
    EXPECT_TRUE(client.take().contains(expected("01000000 0802")));
    EXPECT_FALSE(client.connection().finished()) << "pvxs drops the connection here";
}

TEST_F(PvaBytesTest, TheChannelEndsWithItsMonitors)
{
    const std::string sid = create();
    client.send(13, fmt::format("{} 01000000 08 {}", sid, everything));
    client.send(13, fmt::format("{} 01000000 44", sid));
    client.take();
    client.send(8, fmt::format("{} 64000000", sid));
    EXPECT_EQ(client.take(), expected(fmt::format("ca 02 40 08 08000000 {} 64000000", sid)));
    server.source.post("T:ai", pv::Value::of(4.0));
    EXPECT_EQ(client.take(), "");
    EXPECT_TRUE(server.source.channels.empty());
}

TEST_F(PvaBytesTest, WhatFieldsWereSelectedIsForgottenWithTheMonitors)
{
    const std::string sid = create();
    for (int round = 0; round < 3; ++round) {
        client.send(13, fmt::format("{} 01000000 08 {}", sid, everything));
        client.send(13, fmt::format("{} 02000000 08 {}", sid, only_value));
        client.send(13, fmt::format("{} 01000000 44", sid));
        client.send(13, fmt::format("{} 02000000 44", sid));
        EXPECT_EQ(server.service.selections(), 2u);
        client.send(15, fmt::format("{} 01000000", sid));
        client.send(15, fmt::format("{} 02000000", sid));
        EXPECT_EQ(server.service.selections(), 0u);
    }
}

TEST_F(PvaBytesTest, ASilentPeerIsGone)
{
    server.clock.advance(Connection::silence);
    client.connection().due(server.clock.steady());
    EXPECT_FALSE(client.line.closed.empty());
}

TEST_F(PvaBytesTest, NoPvAccessEndsTheConnection)
{
    client.raw(R"("GET / HTTP/1.1")");
    EXPECT_TRUE(client.connection().finished());
}

} // namespace
} // namespace iochron::server::pva
