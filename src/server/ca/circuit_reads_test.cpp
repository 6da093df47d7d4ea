#include "server/ca/conversation.h"
#include "wire/ca/error.h"

#include <gtest/gtest.h>

namespace iochron::server::ca {
namespace {

using wire::ca::Command;
using wire::ca::Dbr;
using wire::ca::Ioid;
using wire::ca::Sid;

class ReadTest : public testing::Test {
  protected:
    ReadTest()
    {
        server.source.add("a", pv::Value::of(1.5));
        const std::vector<double> five{1, 2, 3, 4, 5};
        server.source.add("five", pv::Value::array_of<double>(five));
        server.source.add("text", pv::Value::of(std::string_view("seven")), pv::ScalarType::string);
    }
    Got read(Client& client, Sid sid, Dbr type, std::uint32_t count)
    {
        client.send(wire::ca::ReadNotify{.type = type, .count = count, .sid = sid, .ioid = Ioid{9}});
        return client.take_one();
    }
    ServerInMemory server;
};

TEST_F(ReadTest, CountsAreHonouredExactly)
{
    Client client(server);
    const Sid sid = client.create("five");
    const Got all = read(client, sid, Dbr::double_, 0);
    EXPECT_EQ(all.header,
              (wire::ca::Header{.command = Command::read_notify, .size = 40, .type = 6, .count = 5, .p1 = 1, .p2 = 9}));
    EXPECT_EQ(all.number(32), 5.0);
    EXPECT_EQ(read(client, sid, Dbr::double_, 2).header.count, 2u);
    const Got more = read(client, sid, Dbr::double_, 7);
    EXPECT_EQ(more.header.count, 7u);
    EXPECT_EQ(more.number(48), 0.0);
}

TEST_F(ReadTest, AnEmptyArrayStillHasARecordType)
{
    server.source.items.at("five").meta->record_type = "waveform";
    server.source.post("five", pv::Value::array_of<double>({}));
    Client client(server);
    const Sid sid = client.create("five");
    const Got got = read(client, sid, Dbr::class_name, 0);
    EXPECT_EQ(got.header.count, 1u);
    EXPECT_EQ(wire::ca::text_of(got.payload), "waveform");
    EXPECT_EQ(read(client, sid, Dbr::double_, 0).header.size, 0u);
}

TEST_F(ReadTest, NobodyGetsEndlessZeros)
{
    Client client(server);
    const Got got = read(client, client.create("a"), Dbr::double_, 10'000'000);
    EXPECT_EQ(got.command(), Command::error);
    EXPECT_EQ(got.header.p2, 176u);
    EXPECT_EQ(server.source.reads, 0);
}

TEST_F(ReadTest, LargeArraysAreSharedAndRight)
{
    std::vector<double> many(20'000);
    for (std::size_t i = 0; i < many.size(); ++i) {
        many[i] = static_cast<double>(i);
    }
    server.source.add("many", pv::Value::array_of<double>(many));
    Client client(server);
    const Sid sid = client.create("many");
    const Got got = read(client, sid, Dbr::time_double, 0);
    EXPECT_TRUE(got.header.extended);
    EXPECT_EQ(got.header.count, 20'000u);
    EXPECT_EQ(got.number(16), 0.0);
    EXPECT_EQ(got.number(16 + 19'999 * 8), 19'999.0);
    EXPECT_EQ(read(client, sid, Dbr::ctrl_double, 0).number(80 + 8), 1.0);
}

TEST_F(ReadTest, AnOldPeerCannotTakeThem)
{
    const std::vector<double> many(20'000);
    server.source.add("many", pv::Value::array_of<double>(many));
    Client client(server, 8);
    client.send(wire::ca::CreateChannel{.cid = {}, .minor = 8, .name = "many"});
    const Sid sid{client.take().back().header.p2};
    EXPECT_EQ(read(client, sid, Dbr::double_, 0).header.p2, 464u);
    EXPECT_EQ(read(client, sid, Dbr::double_, 100).header.p1, 1u);
}

TEST_F(ReadTest, WithoutRightsThereAreZerosAndTheReason)
{
    server.source.items.at("a").rights.read = false;
    Client client(server);
    const Sid sid = client.create("a");
    const Got got = read(client, sid, Dbr::time_double, 1);
    EXPECT_EQ(
        got.header,
        (wire::ca::Header{.command = Command::read_notify, .size = 24, .type = 20, .count = 1, .p1 = 368, .p2 = 9}));
    EXPECT_EQ(got.payload, std::vector<std::byte>(24));
    client.send(wire::ca::Read{.type = Dbr::double_, .count = 1, .sid = sid, .ioid = Ioid{9}});
    EXPECT_EQ(client.take_one().header.p2, 368u);
    EXPECT_EQ(server.source.reads, 0);
}

TEST_F(ReadTest, WhatDoesNotConvertFails)
{
    Client client(server);
    const Sid sid = client.create("text");
    EXPECT_EQ(read(client, sid, Dbr::double_, 1).header.p1, 152u);
    EXPECT_EQ(read(client, sid, Dbr::string, 1).header.p1, 1u);
    EXPECT_EQ(read(client, sid, Dbr::put_ackt, 1).header.p1, 152u);
    const Got unknown = read(client, sid, Dbr{39}, 1);
    EXPECT_EQ(unknown.command(), Command::error);
    EXPECT_EQ(unknown.header.p2, 114u);
    EXPECT_FALSE(client.circuit().finished());
}

TEST_F(ReadTest, TheOldReadAnswersWithTheCid)
{
    Client client(server);
    const Sid sid = client.create("a", 77);
    client.send(wire::ca::Read{.type = Dbr::double_, .count = 1, .sid = sid, .ioid = Ioid{9}},
                wire::ca::Read{.type = Dbr::double_, .count = 0, .sid = sid, .ioid = Ioid{10}});
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].header,
              (wire::ca::Header{.command = Command::read, .size = 8, .type = 6, .count = 1, .p1 = 77, .p2 = 9}));
    EXPECT_EQ(got[0].number(), 1.5);
    EXPECT_EQ(got[1].header.size, 0u);
}

TEST_F(ReadTest, ALateAnswerGoesToItsCircuit)
{
    server.source.hold_reads = true;
    Client client(server);
    const Sid sid = client.create("a");
    client.send(wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = sid, .ioid = Ioid{1}},
                wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = sid, .ioid = Ioid{2}},
                wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = sid, .ioid = Ioid{3}});
    EXPECT_TRUE(client.take().empty());
    server.source.answer_held();
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 3u);
    EXPECT_EQ(got[2].header.p2, 3u);
}

TEST_F(ReadTest, ClearForgetsWhatIsUnderWay)
{
    server.source.hold_reads = true;
    Client client(server);
    const Sid one = client.create("a", 1);
    const Sid two = client.create("a", 2);
    client.send(wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = one, .ioid = Ioid{1}},
                wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = two, .ioid = Ioid{2}},
                wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = one, .ioid = Ioid{3}},
                wire::ca::ClearChannel{.sid = one, .cid = wire::ca::Cid{1}});
    EXPECT_EQ(client.take_one().command(), Command::clear_channel);
    EXPECT_EQ(server.source.cancelled, 2);
    server.source.answer_held();
    EXPECT_EQ(client.take_one().header.p2, 2u);
}

} // namespace
} // namespace iochron::server::ca
