#include "client/ca/circuit.h"

#include "wire/ca/channel.h"
#include "wire/ca/echo.h"
#include "wire/ca/error.h"
#include "wire/ca/message.h"
#include "wire/ca/monitor.h"
#include "wire/ca/read.h"
#include "wire/ca/version.h"
#include "wire/ca/write.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

using namespace std::chrono_literals;
using namespace iochron;
using namespace iochron::client::ca;
using wire::ca::Cid;
using wire::ca::Dbr;
using wire::ca::Eca;
using wire::ca::Ioid;
using wire::ca::Sid;

namespace {

/// Writes down, in order, all that a circuit tells.
struct Diary final : CircuitUser, pv::Sink {
    void note(std::string line) { lines.push_back(std::move(line)); }

    void rights(Cid channel, pv::Rights rights) override
    {
        note(fmt::format("rights {} {}{}", static_cast<int>(channel), rights.read ? "r" : "", rights.write ? "w" : ""));
    }
    void created(Cid channel, Sid sid, Dbr native, std::uint32_t count) override
    {
        note(fmt::format("created {} sid {} {} x{}", static_cast<int>(channel), static_cast<int>(sid),
                         to_string(native), count));
    }
    void lost(Cid channel) override { note(fmt::format("lost {}", static_cast<int>(channel))); }
    void read(const ReadAnswer& answer) override
    {
        note(
            fmt::format("read {} {} {} bytes", static_cast<int>(answer.ioid), name(answer.status), answer.data.size()));
    }
    void written(Ioid ioid, Eca status) override
    {
        note(fmt::format("written {} {}", static_cast<int>(ioid), name(status)));
    }
    void monitor_failed(wire::ca::SubId, Eca status) override { note(fmt::format("monitor {}", name(status))); }
    void found(Cid channel, const base::Endpoint& where) override
    {
        note(fmt::format("found {} at {}", static_cast<int>(channel), to_string(where)));
    }
    void responsive(bool yes) override { note(yes ? "responsive" : "unresponsive"); }
    void complaint(std::string_view text) override { note(fmt::format("complaint: {}", text)); }
    void gone(std::string_view why) override { note(fmt::format("gone: {}", why)); }

    void properties(Monitor&, wire::ca::Dbr, std::uint32_t, std::span<const std::byte>) override {}
    void opened(std::span<const pv::Opened>) override {}
    std::size_t updates(std::span<const pv::Update> batch) override
    {
        for (const pv::Update& update : batch) {
            note(text(update));
        }
        return batch.size();
    }
    void completed(pv::Token, const pv::Status&, const pv::Sample*) override {}
    void rights_changed(pv::Token, pv::Rights) override {}
    void meta_changed(pv::Token, const pv::MetaRef&) override {}
    void closed(pv::Token, const pv::Status&) override {}
    void settled() override {} // both of CircuitUser and of Sink

    static std::string text(const pv::Update& update)
    {
        const pv::Value& value = update.sample.value;
        std::string shown;
        if (value.is_array()) {
            shown = fmt::format("[{}]", value.count());
        } else if (value.type() == pv::ScalarType::string) {
            shown = fmt::format("\"{}\"", value.text());
        } else {
            shown = fmt::format("{}", value.as_double());
        }
        return fmt::format("update {} {} {}", static_cast<int>(update.token), shown,
                           pv::severity_names[static_cast<std::size_t>(update.sample.alarm.severity)]);
    }

    std::vector<std::string> lines;
};

using Lines = std::vector<std::string>;

struct CaCircuit : testing::Test {
    CaCircuit() { (void)sent(); }

    /// The messages that wait to be sent, decoded as far as the header.
    std::vector<wire::ca::Header> sent()
    {
        std::vector<std::byte> all;
        while (!circuit.output().empty()) {
            std::array<std::span<const std::byte>, 8> pieces;
            std::size_t bytes = 0;
            for (std::size_t i = 0, n = circuit.output().gather(pieces); i < n; ++i) {
                all.insert(all.end(), pieces[i].begin(), pieces[i].end());
                bytes += pieces[i].size();
            }
            circuit.output().consume(bytes);
        }
        std::vector<wire::ca::Header> headers;
        std::span<const std::byte> rest = all;
        while (!rest.empty()) {
            const wire::ca::Frame frame = wire::ca::next_message(rest);
            EXPECT_EQ(frame.kind, wire::ca::Frame::Kind::message);
            headers.push_back(frame.header);
            rest = rest.subspan(frame.total_bytes);
        }
        return headers;
    }

    template <wire::ca::Message M>
    static void add(std::vector<std::byte>& stream, const M& message)
    {
        const std::size_t at = stream.size();
        stream.resize(at + frame_bytes(message));
        base::Writer writer({stream.data() + at, stream.size() - at});
        encode(writer, message);
    }
    template <wire::ca::Message... M>
    void receive(const M&... messages)
    {
        std::vector<std::byte> stream;
        (add(stream, messages), ...);
        circuit.received(stream, now);
    }
    Lines told() { return std::exchange(diary.lines, {}); }

    Monitor& subscribe(int token)
    {
        Monitor& monitor = monitors.get(monitors.insert());
        monitor.sink = &diary;
        monitor.token = pv::Token{static_cast<std::uint64_t>(token)};
        monitor.meta = &meta;
        monitor.type = Dbr::time_double;
        monitor.mask = pv::Mask::value;
        circuit.subscribe(Sid{5}, monitor);
        return monitor;
    }
    /// An update with MAJOR, HIHI at 1990-01-01 00:00:01 and the value 1.5 (0x3FF8...).
    static wire::ca::Update update(std::uint32_t id)
    {
        static constexpr std::array<unsigned char, 24> bytes = {0, 3, 0, 2, 0,    0,    0, 1, 0, 0, 0, 7,
                                                                0, 0, 0, 0, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0};
        return {.type = Dbr::time_double,
                .count = 1,
                .status = Eca::normal,
                .subscription = wire::ca::SubId{id},
                .data = std::as_bytes(std::span(bytes))};
    }

    Diary diary;
    Monitors monitors;
    client::UpdateBatch batch;
    base::BlockPool pool;
    pv::Meta meta;
    base::Steady now{1h};
    Circuit circuit{{.server = {{0x7f000001}, 5064}, .number = 3, .priority = 7, .account = "me", .host = "here"},
                    monitors,
                    batch,
                    diary,
                    pool,
                    now};
};

} // namespace

TEST_F(CaCircuit, IntroducesItselfUnasked)
{
    Circuit other{{.priority = 9, .account = "me", .host = "here"}, monitors, batch, diary, pool, now};
    std::array<std::span<const std::byte>, 4> pieces;
    ASSERT_EQ(other.output().gather(pieces), 1u);
    const std::array<unsigned char, 64> expected = {
        0,   0,   0,   0,   0, 9, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0, // VERSION
        0,   20,  0,   8,   0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, // CLIENT_NAME
        'm', 'e', 0,   0,   0, 0, 0, 0,                          //
        0,   21,  0,   8,   0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, // HOST_NAME
        'h', 'e', 'r', 'e', 0, 0, 0, 0};
    EXPECT_TRUE(std::ranges::equal(pieces[0], std::as_bytes(std::span(expected))));
}

TEST_F(CaCircuit, CreatesAndClearsChannels)
{
    circuit.create_channel(Cid{1}, "PV:A");
    receive(wire::ca::Version{}, wire::ca::AccessRights{.cid = Cid{1}, .read = true, .write = false},
            wire::ca::ChannelCreated{.type = Dbr::double_, .count = 4, .cid = Cid{1}, .sid = Sid{0}},
            wire::ca::CreateFailed{.cid = Cid{2}}, wire::ca::ServerDisconnect{.cid = Cid{3}});
    EXPECT_EQ(told(), (Lines{"rights 1 r", "created 1 sid 0 DBR_DOUBLE x4", "lost 2", "lost 3"}));
    circuit.clear_channel(Sid{0}, Cid{1});
    const auto headers = sent();
    ASSERT_EQ(headers.size(), 2u);
    EXPECT_EQ(headers[0].command, wire::ca::Command::create_channel);
    EXPECT_EQ(headers[1].command, wire::ca::Command::clear_channel);
}

TEST_F(CaCircuit, HandsUpdatesOverInOrderAndOnlyToWhomTheyBelong)
{
    const std::uint32_t a = subscribe(1).id;
    const std::uint32_t b = subscribe(2).id;
    monitors.get(b).circuit = 99; // lives on another circuit
    receive(update(a), update(b), update(a + 1000), update(a));
    EXPECT_EQ(told(), (Lines{"update 1 1.5 MAJOR", "update 1 1.5 MAJOR"}));
    EXPECT_EQ(monitors.get(a).received, 2u);
    EXPECT_EQ(monitors.get(b).received, 0u);
}

TEST_F(CaCircuit, UpdatesComeBeforeTheAnswersThatFollowThem)
{
    const std::uint32_t a = subscribe(1).id;
    receive(update(a),
            wire::ca::WriteNotifyReply{.type = Dbr::double_, .count = 1, .status = Eca::normal, .ioid = Ioid{4}},
            update(a));
    EXPECT_EQ(told(), (Lines{"update 1 1.5 MAJOR", "written 4 ECA_NORMAL", "update 1 1.5 MAJOR"}));
}

TEST_F(CaCircuit, ReassemblesAStreamCutAnywhere)
{
    const std::uint32_t a = subscribe(1).id;
    std::vector<std::byte> stream;
    for (int i = 0; i < 40; ++i) {
        add(stream, update(a));
    }
    add(stream, wire::ca::ReadNotifyReply{.type = Dbr::double_, .count = 1, .ioid = Ioid{8}, .data = update(a).data});
    for (const std::size_t step : {1u, 7u, 15u, 16u, 17u, 39u, 40u, 41u, 1000u}) {
        for (std::size_t at = 0; at < stream.size(); at += step) {
            circuit.received(std::span(stream).subspan(at, std::min(step, stream.size() - at)), now);
        }
        const Lines lines = told();
        ASSERT_EQ(lines.size(), 41u) << step;
        EXPECT_EQ(lines.back(), "read 8 ECA_NORMAL 24 bytes");
    }
}

TEST_F(CaCircuit, LateUpdatesOfACancelledSubscriptionReachNobody)
{
    Monitor& old = subscribe(1);
    const std::uint32_t id = old.id;
    circuit.unsubscribe(Sid{5}, old);
    monitors.erase(id);
    receive(update(id),
            wire::ca::CancelConfirm{.type = Dbr::time_double, .sid = Sid{5}, .subscription = wire::ca::SubId{id}});
    EXPECT_EQ(told(), Lines{});
    const auto headers = sent();
    ASSERT_EQ(headers.size(), 2u);
    EXPECT_EQ(headers[1].command, wire::ca::Command::event_cancel);
    EXPECT_EQ(headers[1].p1, 5u);
    EXPECT_EQ(headers[1].p2, id);
}

TEST_F(CaCircuit, AnEchoProvesPlainWrites)
{
    const auto value = pv::Value::of(1.5);
    EXPECT_TRUE(circuit.write(Sid{1}, Ioid{10}, Dbr::double_, value, false).ok());
    EXPECT_TRUE(circuit.write(Sid{1}, Ioid{11}, Dbr::double_, value, false).ok());
    const auto headers = sent();
    ASSERT_EQ(headers.size(), 3u); // one echo for both
    EXPECT_EQ(headers[2].command, wire::ca::Command::echo);
    receive(wire::ca::Error{.status = Eca::putfail, .request = headers[0], .text = "PV"});
    EXPECT_EQ(told(), Lines{"written 10 ECA_PUTFAIL"});
    receive(wire::ca::Echo{});
    EXPECT_EQ(told(), (Lines{"written 10 ECA_NORMAL", "written 11 ECA_NORMAL"})); // the user knows that 10 has ended
    receive(wire::ca::Echo{});
    EXPECT_EQ(told(), Lines{});
}

TEST_F(CaCircuit, AsksASilentServerAndSaysWhenItDoesNotAnswer)
{
    EXPECT_EQ(circuit.deadline(), now + 30s);
    now += 30s;
    circuit.due(now);
    ASSERT_EQ(sent().size(), 1u);
    EXPECT_EQ(told(), Lines{});
    now += 5s;
    circuit.due(now);
    EXPECT_EQ(told(), Lines{"unresponsive"});
    EXPECT_EQ(sent().size(), 1u);
    EXPECT_FALSE(circuit.finished()); // TCP is kept
    now += 60s;
    receive(wire::ca::Echo{});
    EXPECT_EQ(told(), Lines{"responsive"});
    EXPECT_EQ(circuit.deadline(), now + 30s);
}

TEST_F(CaCircuit, HealthyBeaconsStandForMessagesAndAnAnomalyAsks)
{
    now += 20s;
    circuit.heard_beacon(BeaconNews::healthy, now);
    EXPECT_EQ(circuit.deadline(), now + 30s);
    circuit.heard_beacon(BeaconNews::anomaly, now);
    EXPECT_EQ(circuit.deadline(), now + 5s);
    EXPECT_EQ(sent().size(), 1u);
    circuit.heard_beacon(BeaconNews::healthy, now + 1s); // proves nothing now
    EXPECT_EQ(circuit.deadline(), now + 5s);
}

TEST_F(CaCircuit, EndsAtWhatBreaksTheProtocol)
{
    receive(wire::ca::EventCancel{.type = Dbr::double_, .count = 1}); // only a client sends it
    EXPECT_EQ(told(), Lines{"complaint: the server sent command 2"});
    EXPECT_TRUE(circuit.finished());
}

TEST_F(CaCircuit, RoutesErrorsByTheRequestThatFailed)
{
    const wire::ca::Header read = to_header(wire::ca::ReadNotify{.type = Dbr::double_, .ioid = Ioid{9}});
    const wire::ca::Header search{.command = wire::ca::Command::search};
    receive(wire::ca::Error{.status = Eca::tolarge, .request = read, .text = "PV"},
            wire::ca::Error{.status = Eca::allocmem, .request = search, .text = "full"});
    const Lines lines = told();
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0], "read 9 ECA_TOLARGE 0 bytes");
    EXPECT_TRUE(lines[1].starts_with("complaint: SEARCH of full failed")) << lines[1];
}

TEST_F(CaCircuit, TakesSearchesOnceTheServerSaidThatItDoes)
{
    EXPECT_FALSE(circuit.takes_searches());
    receive(wire::ca::Version{.minor = 11});
    EXPECT_FALSE(circuit.takes_searches());
    receive(wire::ca::Version{.minor = 13}, wire::ca::SearchReply{.port = 5064, .id = Cid{6}, .minor = std::nullopt},
            wire::ca::SearchReply{.port = 7000, .address = 0x0a000001, .id = Cid{7}, .minor = std::nullopt});
    EXPECT_TRUE(circuit.takes_searches());
    EXPECT_EQ(told(), (Lines{"found 6 at 127.0.0.1:5064", "found 7 at 10.0.0.1:7000"}));
}

TEST(CaIdTable, IdsComeBackLateAndStaleOnesFindNothing)
{
    client::IdTable<Monitor> table;
    const std::uint32_t first = table.insert();
    table.erase(first);
    EXPECT_EQ(table.find(first), nullptr);
    EXPECT_EQ(table.size(), 0u);
    for (int i = 0; i < 100'000; ++i) {
        const std::uint32_t id = table.insert();
        ASSERT_NE(id, 0u);
        if (i < 60'000) {
            ASSERT_NE(id, first);
        }
        ASSERT_NE(table.find(id), nullptr);
        table.erase(id);
    }
}
