// One pv::Source, whoever stands behind it: what a database posts is all that a frame of either protocol needs, arrays
// are shared by both, and a client offers the network just as a database offers its records.
#include "base/counters.h"
#include "base/log.h"
#include "base/manual_clock.h"
#include "client/ca/client.h"
#include "db/database.h"
#include "pv/quiet_sink.h"
#include "pv/source.h"
#include "reactor/shard.h"
#include "reactor/system_clock.h"
#include "server/ca/server.h"
#include "wire/ca/elements.h"
#include "wire/ca/update.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <vector>

namespace iochron {
namespace {

using namespace std::chrono_literals;

/// Opens one channel, subscribes to it, and keeps what comes.
/// Thread: shard
class Listener : public pv::QuietSink {
  public:
    explicit Listener(pv::Source& source) : source_(source) {}

    void open(std::string_view name)
    {
        const std::array requests = {pv::OpenRequest{name, pv::Token{1}}};
        source_.open(requests, {}, *this);
    }
    void opened(std::span<const pv::Opened> answers) override
    {
        status = answers.front().status;
        channel = answers.front().channel;
        if (status->ok() && !subscribed_) {
            subscribed_ = true;
            source_.subscribe({.channel = channel, .token = pv::Token{2}}, *this);
        }
    }
    std::size_t updates(std::span<const pv::Update> batch) override
    {
        for (const pv::Update& update : batch) {
            samples.push_back(update.sample);
        }
        return batch.size();
    }

    std::optional<pv::Status> status;
    pv::ChannelId channel{};
    std::vector<pv::Sample> samples; ///< their metas belong to the source

  private:
    pv::Source& source_;
    bool subscribed_ = false;
};

/// The records of these tests, under a clock that stands still.
struct Records {
    base::ManualClock clock;
    base::SilentLog log;
    base::Counters counters;
    db::Database database{{clock, log, counters}};

    db::RecordId create(std::string_view type, std::string_view name,
                        std::initializer_list<std::pair<std::string_view, std::string_view>> fields)
    {
        const db::RecordId record = database.create(type, name).value();
        for (const auto& [field, text] : fields) {
            EXPECT_TRUE(database.put_text(record, field, text).has_value()) << field;
        }
        return record;
    }
};

/// A pvAccess monitor update of an NTScalar double in which value, alarm and time stamp changed: the body behind the
/// request's id and sub-command, little endian.
std::vector<std::byte> pva_delta(const pv::Sample& sample)
{
    std::vector<std::byte> bytes(1 + 1 + 8 + 4 + 4 + 1 + 8 + 4 + 4 + 1);
    base::Writer writer(bytes, base::ByteOrder::little);
    writer.u8(1);    // one byte of changed bits
    writer.u8(0x46); // value 1, alarm 2, timeStamp 6
    writer.f64(sample.value.get<double>());
    writer.u32(static_cast<std::uint32_t>(sample.alarm.severity));
    writer.u32(static_cast<std::uint32_t>(sample.alarm.status));
    writer.u8(0); // no message
    writer.number(static_cast<std::int64_t>(sample.time.ns / 1'000'000'000));
    writer.u32(static_cast<std::uint32_t>(sample.time.ns % 1'000'000'000));
    writer.u32(static_cast<std::uint32_t>(sample.user_tag));
    writer.u8(0); // nothing overrun
    EXPECT_TRUE(writer.ok());
    return bytes;
}

TEST(Source, OneSampleMakesAFrameOfEitherProtocol)
{
    Records records;
    const db::RecordId record = records.create("ai", "A", {{"HIHI", "5"}, {"HHSV", "MAJOR"}});
    records.database.start(records.clock.steady());
    Listener listener(records.database);
    listener.open("A");
    ASSERT_TRUE(records.database.set(record, pv::Value::of(7.5)).ok());
    ASSERT_FALSE(listener.samples.empty());
    const pv::Sample& sample = listener.samples.back();

    std::array<std::byte, 40> ca{};
    ASSERT_TRUE(wire::ca::is_scalar_update(wire::ca::Dbr::time_double, 1, sample.value));
    ASSERT_EQ(wire::ca::scalar_update(ca.data(), wire::ca::Dbr::time_double, wire::ca::SubId{9}, sample), ca.size());
    EXPECT_EQ(base::load<double>(ca.data() + 32, base::ByteOrder::big), 7.5);
    EXPECT_EQ(base::load<std::uint16_t>(ca.data() + 16, base::ByteOrder::big), 3u) << "HIHI";
    EXPECT_EQ(base::load<std::uint16_t>(ca.data() + 18, base::ByteOrder::big), 2u) << "MAJOR";

    const std::vector<std::byte> pva = pva_delta(sample);
    EXPECT_EQ(base::load<double>(pva.data() + 2, base::ByteOrder::little), 7.5);
    EXPECT_EQ(base::load<std::int64_t>(pva.data() + 19, base::ByteOrder::little), sample.time.ns / 1'000'000'000);
}

TEST(Source, AnArrayIsSharedByBothProtocols)
{
    std::vector<double> numbers(10'000);
    numbers[1] = 2.5;
    const pv::Value array = pv::Value::array_of<double>(numbers);
    const pv::Value queued = array; // as a pvAccess connection of this byte order would send it: without a copy
    EXPECT_EQ(queued.bytes().data(), array.bytes().data());
    const auto ca = wire::ca::share_elements(wire::ca::Dbr::time_double, 10'000, array, nullptr);
    ASSERT_TRUE(ca.has_value());
    ASSERT_GE(ca->bytes.size(), 80'000u);
    EXPECT_EQ(base::load<double>(ca->bytes.data() + 8, base::ByteOrder::big), 2.5);
}

/// A server with the given source, on loopback with ports of its own.
struct Serving {
    Serving(reactor::Shard& shard, pv::Source& source)
    {
        server::ca::Settings settings;
        settings.interfaces = {base::Ipv4{0x7f000001}};
        settings.port = 0;
        settings.auto_beacons = false;
        server = server::ca::Server::open(shard, settings,
                                          {.sources = {&source}, .log = log, .counters = counters, .budget = budget})
                     .value();
    }
    base::SilentLog log;
    base::Counters counters;
    server::Budget budget{1u << 30};
    std::unique_ptr<server::ca::Server> server;
};

client::ca::Settings searching(const Serving& serving)
{
    client::ca::Settings settings;
    settings.auto_address_list = false;
    settings.address_list = {{"127.0.0.1", serving.server->udp_port()}};
    settings.repeater_port = 9;
    return settings;
}

TEST(Source, AServerServesTheNetworkAsItServesRecords)
{
    Records records;
    const db::RecordId record = records.create("ai", "A", {});
    reactor::Shard shard;
    records.database.start(shard.refresh());
    Serving near(shard, records.database);
    client::ca::Client network(shard, searching(near), near.log);
    Listener first(network);
    first.open("A");
    const auto wait = [&](auto done) { return shard.run_until(shard.refresh() + 60s, done); };
    ASSERT_TRUE(wait([&] { return !first.samples.empty(); }));

    Serving far(shard, network); // a gateway: server(client)
    client::ca::Client beyond(shard, searching(far), far.log);
    Listener second(beyond);
    second.open("A");
    ASSERT_TRUE(wait([&] { return !second.samples.empty(); }));
    for (int i = 1; i <= 100; ++i) {
        ASSERT_TRUE(records.database.set(record, pv::Value::of(static_cast<double>(i))).ok());
    }
    ASSERT_TRUE(wait([&] { return second.samples.size() >= 101; }));
    ASSERT_EQ(second.samples.size(), 101u);
    for (std::size_t i = 1; i <= 100; ++i) {
        EXPECT_EQ(second.samples[i].value.get<double>(), static_cast<double>(i));
        EXPECT_EQ(second.samples[i].time, first.samples[i].time);
    }
}

TEST(Source, ANameThatNobodyHasAskedForIsSearchedForThoseBeyond)
{
    Records records;
    records.create("ai", "A", {});
    reactor::Shard shard;
    records.database.start(shard.refresh());
    Serving near(shard, records.database);
    client::ca::Client network(shard, searching(near), near.log);
    Serving far(shard, network);
    client::ca::Client beyond(shard, searching(far), far.log);
    Listener there(beyond);
    Listener nowhere(beyond);
    nowhere.open("B");
    there.open("A");
    ASSERT_TRUE(shard.run_until(shard.refresh() + 60s, [&] { return !there.samples.empty(); }));
    EXPECT_FALSE(nowhere.status);
}

} // namespace
} // namespace iochron
