#include "server/ca/conversation.h"
#include "wire/ca/error.h"

#include <gtest/gtest.h>

#include <array>

namespace iochron::server::ca {
namespace {

using wire::ca::Command;
using wire::ca::Dbr;
using wire::ca::Ioid;
using wire::ca::Sid;

class WriteTest : public testing::Test {
  protected:
    WriteTest()
    {
        server.source.add("a", pv::Value::of(1.5));
        server.source.add("b", pv::Value::of(2.5));
    }
    static std::vector<std::byte> data(double value)
    {
        std::vector<std::byte> bytes(8);
        base::store(bytes.data(), value, base::ByteOrder::big);
        return bytes;
    }
    static void notify(Client& client, Sid sid, std::uint32_t ioid, double value)
    {
        client.send(wire::ca::WriteNotify{
            .type = Dbr::double_, .count = 1, .sid = sid, .ioid = Ioid{ioid}, .data = data(value)});
    }
    std::vector<double> written() const
    {
        std::vector<double> all;
        for (const auto& [name, value] : server.source.written) {
            all.push_back(value.as_double());
        }
        return all;
    }
    ServerInMemory server;
};

TEST_F(WriteTest, WriteIsSilentAndWriteNotifyAnswersOnce)
{
    Client client(server);
    const Sid sid = client.create("a");
    client.send(wire::ca::Write{.type = Dbr::double_, .count = 1, .sid = sid, .data = data(3.5)});
    EXPECT_TRUE(client.take().empty());
    notify(client, sid, 5, 4.5);
    EXPECT_EQ(client.take_one().header,
              (wire::ca::Header{.command = Command::write_notify, .type = 6, .count = 1, .p1 = 1, .p2 = 5}));
    EXPECT_EQ(written(), (std::vector<double>{3.5, 4.5}));
}

TEST_F(WriteTest, AcknowledgementsAreWritesOfAnotherKind)
{
    Client client(server);
    const Sid sid = client.create("a");
    const std::vector<std::byte> two = {std::byte{0}, std::byte{2}, std::byte{0}, std::byte{0},
                                        std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}};
    client.send(wire::ca::Write{.type = Dbr::put_acks, .count = 1, .sid = sid, .data = two});
    EXPECT_TRUE(client.take().empty());
    client.send(wire::ca::WriteNotify{.type = Dbr::put_ackt, .count = 1, .sid = sid, .ioid = Ioid{5}, .data = two});
    EXPECT_EQ(client.take_one().header.p1, 1u);
    EXPECT_EQ(server.source.kinds,
              (std::vector{pv::WriteKind::acknowledge_severity, pv::WriteKind::acknowledge_transient}));
    EXPECT_EQ(written(), (std::vector<double>{2, 2}));
}

TEST_F(WriteTest, AMonitorsUpdateComesBeforeTheCompletionOfThePut)
{
    Client client(server);
    const Sid sid = client.create("a");
    client.subscribe(sid, 1);
    (void)client.take();
    notify(client, sid, 5, 4.5);
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].command(), Command::event_add);
    EXPECT_EQ(got[1].command(), Command::write_notify);
}

TEST_F(WriteTest, AShortTextIsTaken)
{
    server.source.add("text", pv::Value::of(std::string_view("")), pv::ScalarType::string);
    Client client(server);
    const std::array<std::byte, 8> hi{std::byte{'h'}, std::byte{'i'}};
    client.send(wire::ca::Write{.type = Dbr::string, .count = 1, .sid = client.create("text"), .data = hi});
    ASSERT_EQ(server.source.written.size(), 1u);
    EXPECT_EQ(server.source.written[0].second.text(), "hi");
}

TEST_F(WriteTest, FailuresOfAWriteAreErrorsWithTheRequest)
{
    Client client(server);
    const Sid sid = client.create("a", 7);
    const auto failed = [&](Dbr type, std::uint32_t count) {
        client.send(wire::ca::Write{.type = type, .count = count, .sid = sid, .client_id = 99, .data = data(1)});
        const Got got = client.take_one();
        const auto error = wire::ca::decode_error(got.header, got.payload);
        EXPECT_EQ(error->cid, 7u);
        EXPECT_EQ(error->request.p2, 99u);
        EXPECT_TRUE(error->text.starts_with("a")); // the channel's name
        return static_cast<int>(error->status);
    };
    EXPECT_EQ(failed(Dbr{50}, 1), 114);
    EXPECT_EQ(failed(Dbr::double_, 3), 160); // 8 bytes are no 3 doubles
    server.source.items.at("a").write_status = {pv::Outcome::put_failed, "DISP is set"};
    EXPECT_EQ(failed(Dbr::double_, 1), 160);
    server.source.set_rights("a", {.read = true, .write = false});
    server.source.settle_all();
    (void)client.take();
    EXPECT_EQ(failed(Dbr::double_, 1), 376);
    EXPECT_FALSE(client.circuit().finished());
}

TEST_F(WriteTest, FailuresOfAWriteNotifyAreInItsAnswer)
{
    Client client(server);
    const Sid sid = client.create("a");
    server.source.items.at("a").write_status = {pv::Outcome::put_failed, "DISP is set"};
    notify(client, sid, 5, 1);
    EXPECT_EQ(client.take_one().header.p1, 160u);
    server.source.set_rights("a", {.read = true, .write = false});
    server.source.settle_all();
    (void)client.take();
    notify(client, sid, 6, 1);
    EXPECT_EQ(client.take_one().header.p1, 376u);
    client.send(
        wire::ca::WriteNotify{.type = Dbr::time_double, .count = 1, .sid = sid, .ioid = Ioid{7}, .data = data(1)});
    EXPECT_NE(client.take_one().header.p1, 1u);
}

TEST_F(WriteTest, OneSlowPutHoldsUpItsOwnChannelOnly)
{
    server.source.hold_writes = true;
    Client client(server);
    const Sid a = client.create("a", 1);
    const Sid b = client.create("b", 2);
    notify(client, a, 1, 10);
    notify(client, a, 2, 20);
    client.send(wire::ca::Write{.type = Dbr::double_, .count = 1, .sid = a, .data = data(30)},
                wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = a, .ioid = Ioid{3}},
                wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = b, .ioid = Ioid{4}});
    EXPECT_EQ(client.take_one().header.p2, 4u); // the other channel goes on
    EXPECT_EQ(written(), std::vector<double>{10});
    server.source.answer_held(); // the first put has ended, the second begins
    EXPECT_EQ(written(), (std::vector<double>{10, 20}));
    EXPECT_EQ(client.take_one().header.p2, 1u);
    server.source.answer_held();
    const std::vector<Got> got = client.take();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].header.p2, 2u);
    EXPECT_EQ(got[1].header.p2, 3u);
    EXPECT_EQ(got[1].number(), 30.0);
    EXPECT_EQ(written(), (std::vector<double>{10, 20, 30}));
}

TEST_F(WriteTest, AReadDuringThePutIsAnsweredAtOnce)
{
    server.source.hold_writes = true;
    Client client(server);
    const Sid a = client.create("a");
    notify(client, a, 1, 10);
    client.send(wire::ca::ReadNotify{.type = Dbr::double_, .count = 1, .sid = a, .ioid = Ioid{3}});
    EXPECT_EQ(client.take_one().header.p2, 3u);
}

TEST_F(WriteTest, ClearForgetsThePutAndWhatWaitsForIt)
{
    server.source.hold_writes = true;
    Client client(server);
    const Sid a = client.create("a", 1);
    notify(client, a, 1, 10);
    notify(client, a, 2, 20);
    client.send(wire::ca::ClearChannel{.sid = a, .cid = wire::ca::Cid{1}});
    EXPECT_EQ(client.take_one().command(), Command::clear_channel);
    server.source.answer_held();
    EXPECT_TRUE(client.take().empty());
    EXPECT_EQ(written(), std::vector<double>{10});
    server.source.hold_writes = false;
    notify(client, client.create("a", 1), 3, 30);
    EXPECT_EQ(client.take_one().header.p2, 3u);
}

} // namespace
} // namespace iochron::server::ca
