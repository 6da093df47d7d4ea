#include "client/ca/client.h"

#include "wire/ca/channel.h"
#include "wire/ca/echo.h"
#include "wire/ca/message.h"
#include "wire/ca/monitor.h"
#include "wire/ca/read.h"
#include "wire/ca/search.h"
#include "wire/ca/update.h"
#include "wire/ca/value.h"
#include "wire/ca/version.h"
#include "wire/ca/write.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

using namespace std::chrono_literals;
using namespace iochron;
using namespace iochron::client::ca;
using wire::ca::Command;
using wire::ca::Dbr;

namespace {

/// What all circuits of the fake server share.
struct FakeState {
    std::map<std::string, double> values;        ///< the PVs that it has
    std::vector<Command> requests;               ///< in their order
    std::map<std::uint32_t, std::string> sids;   ///< names by sid
    std::map<std::uint32_t, std::uint32_t> subs; ///< sid by subscription id
    std::uint16_t port = 0;
};

/// A CA server's circuit that answers everything at once.
class FakeCircuit final : public base::Connection {
  public:
    FakeCircuit(FakeState& state, base::BlockPool& pool) : state_(state), output_(pool)
    {
        encode(output_, wire::ca::Version{});
    }
    void received(std::span<const std::byte> bytes, base::Steady) override
    {
        partial_.insert(partial_.end(), bytes.begin(), bytes.end());
        std::size_t at = 0;
        for (;;) {
            const auto frame = wire::ca::next_message({partial_.data() + at, partial_.size() - at});
            if (frame.kind != wire::ca::Frame::Kind::message) {
                break;
            }
            answer(frame.header, frame.payload);
            at += frame.total_bytes;
        }
        partial_.erase(partial_.begin(), partial_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    void ended(base::Steady) override { finished_ = true; }
    void due(base::Steady) override {}
    void closed(std::string_view, base::Steady) override {}
    [[nodiscard]] bool finished() const override { return finished_; }
    [[nodiscard]] base::Output& output() override { return output_; }

  private:
    void answer(const wire::ca::Header& header, std::span<const std::byte> payload)
    {
        state_.requests.push_back(header.command);
        pv::Sample sample;
        pv::Meta meta;
        meta.units = "mm";
        meta.type = pv::ScalarType::float64;
        sample.meta = &meta;
        switch (header.command) {
        case Command::create_channel: {
            const auto create = wire::ca::decode_create_channel(header, payload);
            const auto sid = static_cast<std::uint32_t>(state_.sids.size());
            state_.sids[sid] = create.name;
            encode(output_, wire::ca::AccessRights{.cid = create.cid, .read = true, .write = true});
            encode(output_, wire::ca::ChannelCreated{
                                .type = Dbr::double_, .count = 1, .cid = create.cid, .sid = wire::ca::Sid{sid}});
            return;
        }
        case Command::read_notify:
        case Command::event_add:
            sample.value = pv::Value::of(state_.values[state_.sids[header.p1]]);
            encode(output_, wire::ca::ValueMessage{header.command, Dbr{header.type}, 1, header.p2}, sample);
            return;
        case Command::write_notify: {
            const auto value = wire::ca::decode_written(Dbr{header.type}, header.count, payload);
            state_.values[state_.sids[header.p1]] = value->as_double();
            encode(output_, wire::ca::WriteNotifyReply{
                                .type = Dbr{header.type}, .count = header.count, .ioid = wire::ca::Ioid{header.p2}});
            return;
        }
        case Command::echo:
            encode(output_, wire::ca::Echo{});
            return;
        default:
            return;
        }
    }

    FakeState& state_;
    base::Output output_;
    std::vector<std::byte> partial_;
    bool finished_ = false;
};

/// A server on loopback, on ports of its own.
class FakeServer {
  public:
    explicit FakeServer(reactor::Shard& shard) : streams_(shard)
    {
        udp_ = *reactor::UdpSocket::open(shard, {.bind = {base::ipv4_loopback, 0}, .groups = {}, .multicast_from = {}},
                                         [this](std::span<const reactor::Datagram> all) {
                                             for (const auto& datagram : all) {
                                                 search(datagram);
                                             }
                                         });
        listener_ = *reactor::TcpListener::open(
            streams_, {.addresses = {base::ipv4_loopback}},
            [this](reactor::TcpStream& stream) { return std::make_unique<FakeCircuit>(state, stream.shard().pool()); },
            log_);
        state.port = listener_->port();
    }
    [[nodiscard]] std::uint16_t search_port() const { return udp_->local().port; }
    void drop_circuits() { streams_.close_all("the test says so"); }
    [[nodiscard]] std::size_t circuits() const { return streams_.size(); }

    FakeState state;

  private:
    void search(const reactor::Datagram& datagram)
    {
        for (auto rest = datagram.bytes; !rest.empty();) {
            const auto frame = wire::ca::next_message(rest, {.may_extend = false});
            ASSERT_EQ(frame.kind, wire::ca::Frame::Kind::message);
            rest = rest.subspan(frame.total_bytes);
            if (frame.header.command != Command::search) {
                continue;
            }
            const auto asked = wire::ca::decode_search(frame.header, frame.payload);
            if (state.values.contains(std::string(asked->name))) {
                const wire::ca::SearchReply reply{.port = state.port, .id = asked->id, .minor = 13};
                std::vector<std::byte> bytes(frame_bytes(reply));
                base::Writer writer(bytes);
                encode(writer, reply);
                (void)udp_->send(datagram.from, bytes);
            }
        }
    }

    base::SilentLog log_;
    reactor::TcpStreams streams_;
    std::unique_ptr<reactor::UdpSocket> udp_;
    std::unique_ptr<reactor::TcpListener> listener_;
};

struct CaClient : testing::Test, pv::Sink {
    void opened(std::span<const pv::Opened> answers) override
    {
        for (const pv::Opened& answer : answers) {
            told.push_back(fmt::format("opened {} {}", static_cast<int>(answer.token),
                                       answer.status.ok() ? answer.meta->units : answer.status.text));
            channel = answer.channel;
        }
    }
    std::size_t updates(std::span<const pv::Update> batch) override
    {
        for (const pv::Update& update : batch) {
            told.push_back(
                fmt::format("update {} {}", static_cast<int>(update.token), update.sample.value.as_double()));
        }
        return batch.size();
    }
    void completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample) override
    {
        told.push_back(fmt::format("completed {} {}{}", static_cast<int>(operation), to_string(status.outcome),
                                   sample != nullptr ? fmt::format(" {}", sample->value.as_double()) : ""));
    }
    void rights_changed(pv::Token, pv::Rights) override {}
    void meta_changed(pv::Token, const pv::MetaRef&) override {}
    void closed(pv::Token token, const pv::Status& why) override
    {
        told.push_back(fmt::format("closed {} {}", static_cast<int>(token), to_string(why.outcome)));
    }
    void settled() override {}

    /// Runs until so many things were told since the last call; gives them.
    std::vector<std::string> wait_for(std::size_t count)
    {
        shard.run_until(shard.refresh() + 20s, [&] { return told.size() >= count; });
        return std::exchange(told, {});
    }
    std::size_t requests(Command command) const
    {
        return static_cast<std::size_t>(
            std::count(server.state.requests.begin(), server.state.requests.end(), command));
    }
    Settings settings() const
    {
        Settings made;
        made.auto_address_list = false;
        made.address_list = {{"127.0.0.1", server.search_port()}};
        made.repeater_port = 9;
        return made;
    }
    using Lines = std::vector<std::string>;

    base::SilentLog log;
    reactor::Shard shard;
    FakeServer server{shard};
    Client client{shard, settings(), log};
    std::vector<std::string> told;
    pv::ChannelId channel{};
};

} // namespace

TEST_F(CaClient, FindsOpensReadsWritesAndSubscribes)
{
    server.state.values["PV"] = 1.5;
    client.open_channel({"PV", pv::Token{1}}, *this);
    EXPECT_EQ(wait_for(1), Lines{"opened 1 mm"});
    client.read({.channel = channel, .token = pv::Token{2}}, {}, *this);
    EXPECT_EQ(wait_for(1), Lines{"completed 2 ok 1.5"});
    client.write({.channel = channel, .token = pv::Token{3}, .value = pv::Value::of(2.5), .wait = true}, {}, *this);
    EXPECT_EQ(wait_for(1), Lines{"completed 3 ok"});
    client.subscribe({.channel = channel, .token = pv::Token{4}}, *this);
    EXPECT_EQ(wait_for(1), Lines{"update 4 2.5"});
    client.close(channel); // the last one: its circuit ends
    shard.run_until(shard.refresh() + 20s, [&] { return server.circuits() == 0; });
    EXPECT_EQ(requests(Command::clear_channel), 1u);
    EXPECT_EQ(client.circuits(), 0u);
    EXPECT_EQ(told, Lines{});
}

TEST_F(CaClient, ComesBackByItselfWithItsSubscriptions)
{
    server.state.values["PV"] = 1;
    const pv::ChannelId id = client.open_channel({"PV", pv::Token{1}}, *this);
    client.subscribe({.channel = id, .token = pv::Token{4}}, *this); // before it is connected
    EXPECT_EQ(wait_for(2), (Lines{"opened 1 mm", "update 4 1"}));
    server.drop_circuits();
    EXPECT_EQ(wait_for(1), Lines{"closed 1 disconnected"});
    client.read({.channel = id, .token = pv::Token{2}}, {}, *this);
    EXPECT_EQ(wait_for(1), Lines{"completed 2 disconnected"});
    server.state.values["PV"] = 7;
    EXPECT_EQ(wait_for(2), (Lines{"opened 1 mm", "update 4 7"}));
}

TEST_F(CaClient, EqualSubscriptionsShareOneOnTheWireUnlessOwn)
{
    server.state.values["PV"] = 3;
    const pv::ChannelId id = client.open_channel({"PV", pv::Token{1}}, *this);
    for (std::uint64_t token = 10; token < 13; ++token) {
        client.subscribe({.channel = id, .token = pv::Token{token}}, *this);
    }
    client.subscribe({.channel = id, .token = pv::Token{20}, .own = true}, *this);
    Lines lines = wait_for(5);
    std::sort(lines.begin(), lines.end());
    EXPECT_EQ(lines, (Lines{"opened 1 mm", "update 10 3", "update 11 3", "update 12 3", "update 20 3"}));
    EXPECT_EQ(requests(Command::event_add), 2u);
    client.subscribe({.channel = id, .token = pv::Token{13}}, *this); // joins, and has its first value at once
    EXPECT_EQ(wait_for(1), Lines{"update 13 3"});
    EXPECT_EQ(requests(Command::event_add), 2u);
}

TEST_F(CaClient, TwoOpeningsOfOneNameAreOneChannelOnTheWire)
{
    server.state.values["PV"] = 3;
    const pv::ChannelId first = client.open_channel({"PV", pv::Token{1}}, *this);
    client.open_channel({"PV", pv::Token{2}}, *this);
    EXPECT_EQ(wait_for(2).size(), 2u);
    EXPECT_EQ(requests(Command::create_channel), 1u);
    client.close(first);
    client.read({.channel = channel, .token = pv::Token{5}}, {}, *this);
    EXPECT_EQ(wait_for(1).front().substr(0, 11), "completed 5");
}

TEST_F(CaClient, RefusesWhatCannotBe)
{
    server.state.values["PV"] = 3;
    client.open_channel({"", pv::Token{1}}, *this);
    EXPECT_EQ(wait_for(1), Lines{"opened 1 a name of 0 characters cannot be searched (1 to 1024 can)"});
    client.open_channel({"PV", pv::Token{2}}, *this);
    (void)wait_for(1);
    client.read({.channel = channel, .token = pv::Token{3}, .count = 5}, {}, *this);
    EXPECT_EQ(wait_for(1), Lines{"completed 3 bad element count"});
    client.write(
        {.channel = channel, .token = pv::Token{4}, .value = pv::Value::of(1.0), .processing = pv::Processing::no}, {},
        *this);
    EXPECT_EQ(wait_for(1), Lines{"completed 4 not supported"});
    client.close(channel);
    client.read({.channel = channel, .token = pv::Token{5}}, {}, *this);
    EXPECT_EQ(wait_for(1), Lines{"completed 5 no such channel"});
}

TEST_F(CaClient, GivesUpAnOpenThatNobodyHasAnswered)
{
    server.state.values["PV"] = 1;
    const pv::OpenRequest missing{"MISSING", pv::Token{1}};
    client.open_channel(missing, *this);
    client.open_channel({"MISSING", pv::Token{2}}, *this);
    client.open_channel({"PV", pv::Token{3}}, *this);
    client.give_up({"MISSING", pv::Token{7}}, *this); // not one of those
    client.give_up(missing, *this);
    EXPECT_EQ(wait_for(1), Lines{"opened 3 mm"});
    EXPECT_EQ(client.server_name(channel), fmt::format("127.0.0.1:{}", server.state.port));
    EXPECT_EQ(client.searcher().searching(), 1u) << "the other opening of the name still waits";
    client.give_up({"MISSING", pv::Token{2}}, *this);
    EXPECT_EQ(client.searcher().searching(), 0u);
    client.close(channel);
    EXPECT_EQ(client.server_name(channel), "");
}
