#include "server/pva/connection.h"

#include "base/log.h"
#include "base/manual_clock.h"
#include "pv/normative.h"
#include "server/fake_source.h"
#include "server/noted_line.h"
#include "wire/hex.h"
#include "wire/pva/bit_set.h"
#include "wire/pva/header.h"
#include "wire/pva/size.h"

#include <gtest/gtest.h>

#include <array>

namespace iochron::server::pva {
namespace {

using namespace std::chrono_literals;
using base::ByteOrder;
using wire::pva::Command;

constexpr std::uint8_t init = 0x08;
constexpr std::uint8_t last = 0x10;
constexpr std::uint8_t start = 0x44;
constexpr std::uint8_t stop = 0x04;

/// A message as a client of a test gets it.
struct Got {
    wire::pva::Header header;
    std::vector<std::byte> payload;
};

/// A server with one client, joined in memory, under a clock that the test moves.
class PvaConnectionTest : public testing::Test {
  protected:
    PvaConnectionTest()
    {
        source.add("A", pv::Value::of(1.5)).meta->units = "mm";
        source.add("B", pv::Value::enumeration(0), pv::ScalarType::enumeration).meta->choices = {"Off", "On"};
    }
    ~PvaConnectionTest() override { connection.closed("the test is over", clock.steady()); }

    template <class Body>
    void send(Command command, Body body, ByteOrder order = ByteOrder::little)
    {
        std::vector<std::byte> bytes;
        const std::size_t at = begin_message(bytes, wire::pva::Role::client, order, command);
        wire::pva::Encoder encoder(bytes, order);
        body(encoder);
        wire::pva::end_message(bytes, at, order);
        connection.received(bytes, clock.steady());
    }
    void validate()
    {
        send(Command::connection_validation, [](wire::pva::Encoder& encoder) {
            encoder.u32(0x10000);
            encoder.u16(0x7FFF);
            encoder.u16(0);
            encoder.text("anonymous");
            encoder.null();
        });
    }
    void create(std::uint32_t cid, std::string_view name, ByteOrder order = ByteOrder::little)
    {
        send(
            Command::create_channel,
            [&](wire::pva::Encoder& encoder) {
                encoder.u16(1);
                encoder.u32(cid);
                encoder.text(name);
            },
            order);
    }
    /// The SID of a new channel of that name.
    std::uint32_t open(std::string_view name)
    {
        validate();
        create(7, name);
        const Got created = receive().back();
        return base::load<std::uint32_t>(created.payload.data() + 4, ByteOrder::little);
    }
    template <class Body>
    void request(Command command, std::uint32_t sid, std::uint32_t id, std::uint8_t subcommand, Body body)
    {
        send(command, [&](wire::pva::Encoder& encoder) {
            encoder.u32(sid);
            encoder.u32(id);
            encoder.u8(subcommand);
            body(encoder);
        });
    }
    void request(Command command, std::uint32_t sid, std::uint32_t id, std::uint8_t subcommand)
    {
        request(command, sid, id, subcommand, [](wire::pva::Encoder&) {});
    }
    void initialize(Command command, std::uint32_t sid, std::uint32_t id)
    {
        request(command, sid, id, init, [](wire::pva::Encoder& encoder) { encoder.null(); });
    }
    void start_pipe(std::uint32_t sid, std::uint32_t id, std::uint32_t credit)
    {
        const auto text = pv::scalar(pv::ScalarType::string);
        pv::Structure asked(pv::structure(
            "", {{"record", pv::structure("", {{"_options", pv::structure("", {{"pipeline", text}})}})}}));
        ASSERT_TRUE(asked.set("record._options.pipeline", "true").ok());
        request(Command::monitor, sid, id, init | 0x80, [&](wire::pva::Encoder& encoder) {
            write_typed(encoder, pv::Value::of(asked));
            encoder.u32(credit);
        });
        request(Command::monitor, sid, id, start);
    }
    std::vector<Got> receive()
    {
        std::vector<std::byte> all;
        std::array<std::span<const std::byte>, 64> pieces;
        for (std::size_t i = 0, n = connection.output().gather(pieces); i < n; ++i) {
            all.insert(all.end(), pieces[i].begin(), pieces[i].end());
        }
        connection.output().consume(all.size());
        connection.sent(clock.steady());
        std::vector<Got> got;
        std::span<const std::byte> bytes = all;
        while (const auto message = assembler.next(bytes)) {
            got.push_back({message->header, {message->payload.begin(), message->payload.end()}});
        }
        EXPECT_EQ(assembler.fault(), "");
        return got;
    }
    /// The values of the updates of a monitor of A.
    std::vector<double> updates()
    {
        std::vector<double> values;
        overrun.clear();
        for (const Got& got : receive()) {
            if (got.header.command() == Command::monitor && got.payload[4] == std::byte{0}) {
                base::Reader reader(got.payload, ByteOrder::little);
                reader.skip(5);
                pv::Structure value(pv::nt_scalar(pv::ScalarType::float64));
                wire::pva::ValueReader(reader, types).marked(value);
                overrun.push_back(wire::pva::read_bit_set(reader).any());
                EXPECT_TRUE(reader.ok() && reader.left() == 0);
                values.push_back(value.at(1).get<double>());
            }
        }
        return values;
    }
    static std::string error_of(const Got& got)
    {
        base::Reader reader(got.payload, ByteOrder::little);
        reader.skip(5);
        return wire::pva::read_status(reader).message;
    }
    void post(double value)
    {
        source.post("A", pv::Value::of(value));
        source.settle_all();
    }

    FakeSource source;
    base::Limits limits;
    base::SilentLog log;
    base::Counters counters;
    Budget budget{1u << 30};
    base::BlockPool pool;
    base::ManualClock clock;
    NotedLine::Notes line;
    Service service{{.sources = {&source},
                     .limits = limits,
                     .log = log,
                     .counters = counters,
                     .budget = budget,
                     .pool = pool,
                     .now = [this] { return clock.steady(); }},
                    {},
                    [] { return std::vector<std::string>{"A", "B"}; }};
    Connection connection{service, std::make_unique<NotedLine>(line), "10.0.0.7:41234", clock.steady()};
    wire::pva::Assembler assembler{wire::pva::Role::server, 1u << 30};
    wire::pva::TypeCache types;
    std::vector<bool> overrun; ///< of the last updates(): which of them stand for older ones too
};

TEST_F(PvaConnectionTest, GreetsWithItsByteOrderAndItsMethods)
{
    const std::vector<Got> got = receive();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_TRUE(got[0].header.control);
    EXPECT_EQ(wire::to_hex(got[1].payload), wire::same("00000100 ff7f 02 09 616e6f6e796d6f7573 02 6361"));
    validate();
    EXPECT_EQ(wire::to_hex(receive().at(0).payload), wire::same("ff"));
}

TEST_F(PvaConnectionTest, AnUnknownNameIsRefusedAndTheNextOneServed)
{
    validate();
    receive();
    create(100, "NOBODY");
    create(101, "A");
    const std::vector<Got> got = receive();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(wire::to_hex(got[0].payload).substr(0, 19), "6400 0000 ffff ffff");
    EXPECT_EQ(wire::to_hex(got[1].payload).substr(0, 9), "6500 0000");
    EXPECT_EQ(got[1].payload.back(), std::byte{0xFF});
}

TEST_F(PvaConnectionTest, NoChannelBeforeValidation)
{
    create(1, "A");
    EXPECT_EQ(wire::to_hex(receive().back().payload).substr(0, 19), "0100 0000 ffff ffff");
}

TEST_F(PvaConnectionTest, APeerMayWriteInTheOtherOrder)
{
    validate();
    receive();
    create(0x01020304, "A", ByteOrder::big);
    const Got got = receive().at(0);
    EXPECT_EQ(got.header.order, ByteOrder::little);
    EXPECT_EQ(wire::to_hex(got.payload).substr(0, 9), "0403 0201");
}

TEST_F(PvaConnectionTest, AGetGivesTheWholeRecord)
{
    const std::uint32_t sid = open("A");
    initialize(Command::get, sid, 1);
    request(Command::get, sid, 1, last);
    const std::vector<Got> got = receive();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].payload.size(), 451u) << "as softIoc with PVXS describes an NTScalar of a double";
    EXPECT_EQ(wire::to_hex(std::span(got[1].payload).subspan(4, 7)), wire::same("10 ff 04 ba fb 36 1e"));
    request(Command::get, sid, 1, 0);
    EXPECT_TRUE(receive().empty()) << "it has ended with its last execution";
}

TEST_F(PvaConnectionTest, APutWritesWhatIsMarked)
{
    const std::uint32_t sid = open("B");
    initialize(Command::put, sid, 2);
    receive();
    request(Command::put, sid, 2, 0, [](wire::pva::Encoder& encoder) {
        encoder.raw(wire::from_hex("01 04 01000000")); // value.index
    });
    EXPECT_EQ(wire::to_hex(receive().at(0).payload), wire::same("02000000 00 ff"));
    EXPECT_EQ(source.items.at("B").sample.value.as_double(), 1);
}

TEST_F(PvaConnectionTest, ARequestForNothingThatExistsIsAnError)
{
    const std::uint32_t sid = open("A");
    pv::Structure asked(pv::structure("", {{"field", pv::structure("", {{"nothing", pv::structure("", {})}})}}));
    request(Command::monitor, sid, 5, init,
            [&](wire::pva::Encoder& encoder) { write_typed(encoder, pv::Value::of(asked)); });
    EXPECT_EQ(error_of(receive().at(0)), "the pvRequest names no field that there is");
    initialize(Command::get, sid + 1, 6);
    EXPECT_EQ(error_of(receive().at(0)), "no such channel");
    initialize(Command::array, sid, 7);
    EXPECT_NE(error_of(receive().at(0)), "");
}

TEST_F(PvaConnectionTest, AMonitorGetsTheFirstValueAndAllThatFollow)
{
    const std::uint32_t sid = open("A");
    initialize(Command::monitor, sid, 3);
    post(2);
    EXPECT_TRUE(updates().empty()) << "it is not started";
    request(Command::monitor, sid, 3, start);
    post(3);
    post(4);
    EXPECT_EQ(updates(), (std::vector<double>{2, 3, 4}));
    request(Command::monitor, sid, 3, stop);
    post(5);
    EXPECT_TRUE(updates().empty());
    request(Command::monitor, sid, 3, start);
    EXPECT_EQ(updates(), std::vector<double>{5});
    send(Command::destroy_request, [&](wire::pva::Encoder& encoder) {
        encoder.u32(sid);
        encoder.u32(3);
    });
    post(6);
    EXPECT_TRUE(updates().empty());
    EXPECT_TRUE(source.subscriptions.empty());
}

TEST_F(PvaConnectionTest, APipeSendsWhatIsGranted)
{
    const std::uint32_t sid = open("A");
    start_pipe(sid, 3, 2);
    for (double value = 2; value <= 6; ++value) {
        post(value);
        clock.advance(60ms); // a queue tells ages to 50 ms
    }
    EXPECT_EQ(updates(), (std::vector<double>{1.5, 2}));
    request(Command::monitor, sid, 3, 0x80, [](wire::pva::Encoder& encoder) { encoder.u32(3); });
    EXPECT_EQ(updates(), (std::vector<double>{3, 4, 5})) << "at once, without a further update";
    EXPECT_EQ(overrun, std::vector<bool>(3, false));
    clock.advance(10s);
    post(7);
    post(8);
    request(Command::monitor, sid, 3, 0x80, [](wire::pva::Encoder& encoder) { encoder.u32(9); });
    EXPECT_EQ(updates(), (std::vector<double>{7, 8})) << "6 had waited for longer than max_lag";
    EXPECT_EQ(overrun, (std::vector<bool>{true, false}));
    EXPECT_EQ(counters.get("pva.server.paused").value(), 1u);
}

TEST_F(PvaConnectionTest, APeerThatDoesNotReadGetsTheNewest)
{
    const std::uint32_t sid = open("A");
    initialize(Command::monitor, sid, 3);
    request(Command::monitor, sid, 3, start);
    receive();
    for (int i = 0; i < 5000; ++i) {
        post(i);
        clock.advance(100ms);
        ASSERT_LT(connection.output().size(), 70'000u);
    }
    const std::vector<double> got = updates();
    EXPECT_EQ(got.back(), 4999);
    EXPECT_TRUE(std::ranges::find(overrun, true) != overrun.end());
    EXPECT_EQ(got.size() + counters.get("pva.server.coalesced").value(), 5000u);
}

TEST_F(PvaConnectionTest, APvThatGoesIsTold)
{
    const std::uint32_t sid = open("A");
    initialize(Command::monitor, sid, 3);
    request(Command::monitor, sid, 3, start);
    receive();
    source.take_away("A");
    source.settle_all();
    const std::vector<Got> got = receive();
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].header.command(), Command::destroy_channel);
    EXPECT_EQ(connection.channels(), 0u);
}

TEST_F(PvaConnectionTest, TheServersOwnChannelListsTheNames)
{
    const std::uint32_t sid = open("server");
    initialize(Command::get, sid, 1);
    EXPECT_EQ(error_of(receive().at(0)), "this channel can only be called");
    initialize(Command::rpc, sid, 2);
    receive();
    pv::Structure call(pv::structure("", {{"op", pv::scalar(pv::ScalarType::string)}}));
    ASSERT_TRUE(call.set("op", "channels").ok());
    request(Command::rpc, sid, 2, 0, [&](wire::pva::Encoder& encoder) { write_typed(encoder, pv::Value::of(call)); });
    const Got got = receive().at(0);
    base::Reader reader(got.payload, ByteOrder::little);
    reader.skip(6);
    const pv::Value answer = wire::pva::ValueReader(reader, types).typed();
    ASSERT_NE(answer.structure(), nullptr);
    EXPECT_EQ(answer.structure()->find("value")->text_at(1), "B");
}

TEST_F(PvaConnectionTest, EchoComesBackAndSilenceEnds)
{
    receive();
    send(Command::echo, [](wire::pva::Encoder& encoder) { encoder.raw(wire::from_hex("0102")); });
    EXPECT_EQ(wire::to_hex(receive().at(0).payload), "0102");
    clock.advance(Connection::silence - 1s);
    connection.due(clock.steady());
    EXPECT_EQ(line.closed, "");
    clock.advance(2s);
    connection.due(clock.steady());
    EXPECT_EQ(line.closed, "it was silent for too long");
}

TEST_F(PvaConnectionTest, ASearchOverTcpIsAnswered)
{
    validate();
    receive();
    std::vector<std::byte> bytes;
    write(bytes, ByteOrder::big,
          wire::pva::Search{.sequence = 5, .answer_to = base::ipv4_any, .names = {{1, "A"}, {2, "NOBODY"}}});
    connection.received(bytes, clock.steady());
    const Got got = receive().at(0);
    base::Reader reader(got.payload, got.header.order);
    const auto response = wire::pva::read_search_response(reader);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->sequence, 5u);
    EXPECT_EQ(response->ids, std::vector<std::uint32_t>{1});
}

TEST_F(PvaConnectionTest, ATypeThatWasNotDefinedEndsTheConnection)
{
    const std::uint32_t sid = open("A");
    request(Command::get, sid, 1, init, [](wire::pva::Encoder& encoder) { encoder.raw(wire::from_hex("fe 0700")); });
    EXPECT_TRUE(connection.finished());
    EXPECT_EQ(counters.get("pva.server.malformed").value(), 1u);
}

} // namespace
} // namespace iochron::server::pva
