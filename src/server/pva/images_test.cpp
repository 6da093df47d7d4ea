// Large arrays on their way from a PV to sockets: sent from where they are.
#include "pv/normative.h"
#include "pv/shared_pv.h"
#include "server/pva/conversation.h"
#include "wire/pva/bit_set.h"
#include "wire/pva/header.h"

#include <gtest/gtest.h>

namespace iochron::server::pva {
namespace {

constexpr std::size_t image_bytes = 4u << 20;

pv::Value image(std::byte fill)
{
    pv::BufferRef buffer = pv::BufferRef::make(image_bytes);
    std::memset(buffer->fill(), std::to_integer<int>(fill), image_bytes);
    return pv::Value::array(pv::ScalarType::uint8, std::move(buffer), image_bytes);
}

/// All that a client gets, as one piece of memory; and where each piece of it came from.
struct Sent {
    explicit Sent(base::Output& output)
    {
        std::array<std::span<const std::byte>, 64> pieces;
        for (std::size_t n = output.gather(pieces); n > 0; n = output.gather(pieces)) {
            for (std::size_t i = 0; i < n; ++i) {
                bytes.insert(bytes.end(), pieces[i].begin(), pieces[i].end());
                from.push_back(pieces[i].data());
                output.consume(pieces[i].size());
            }
        }
    }
    [[nodiscard]] bool sent_from(const pv::Value& array) const
    {
        return std::ranges::find(from, array.bytes().data()) != from.end();
    }

    std::vector<std::byte> bytes;
    std::vector<const std::byte*> from;
};

class ImagesTest : public testing::Test {
  protected:
    ImagesTest()
    {
        EXPECT_TRUE(pvs.add("IMAGE", pv));
        EXPECT_TRUE(pv->open(pv::Structure(pv::nt_ndarray())).ok());
        client.greet();
    }
    ~ImagesTest() override { client.connection().closed("the test is over", {}); } // before the PVs go
    void post(const pv::Value& array)
    {
        pv::Structure update(pv::nt_ndarray());
        ASSERT_TRUE(update.set("value", array).ok());
        ASSERT_TRUE(update.set("uniqueId", 7).ok());
        ASSERT_TRUE(pv->post(update).ok());
        pvs.settle();
    }
    void monitor()
    {
        const std::string sid = client.create("IMAGE");
        client.send(13, sid + "01000000 08 80 00 00");
        client.send(13, sid + "01000000 44");
        Sent drop(client.connection().output());
    }
    /// The value and the overrun fields of the last message, which is a monitor's.
    std::pair<pv::Structure, pv::BitSet> last_update(std::span<const std::byte> bytes)
    {
        std::span<const std::byte> message;
        for (std::size_t at = 0; at < bytes.size(); at += message.size()) {
            const auto header = wire::pva::read_header(bytes.subspan(at).first<wire::pva::header_bytes>());
            message = bytes.subspan(at, wire::pva::header_bytes + header->size);
        }
        base::Reader reader(message.subspan(wire::pva::header_bytes), base::ByteOrder::little);
        reader.skip(5);
        pv::Structure value(pv::nt_ndarray());
        wire::pva::TypeCache types;
        wire::pva::ValueReader(reader, types).marked(value);
        pv::BitSet overrun = wire::pva::read_bit_set(reader);
        EXPECT_TRUE(reader.ok() && reader.left() == 0);
        return {std::move(value), overrun};
    }

    ServerInMemory server;
    pv::SharedPvs pvs;
    std::shared_ptr<pv::SharedPv> pv = std::make_shared<pv::SharedPv>();
    Service service{{.sources = {&pvs},
                     .limits = server.limits,
                     .log = server.log,
                     .counters = server.counters,
                     .budget = server.budget,
                     .pool = server.pool,
                     .now = [this] { return server.clock.steady(); }},
                    wire::pva::Guid{},
                    [] { return std::vector<std::string>{}; }};
    Client client{service, server.clock};
};

TEST_F(ImagesTest, AreSentFromWhereTheyAre)
{
    monitor();
    const pv::Value first = image(std::byte{1});
    post(first);
    const Sent sent(client.connection().output());
    EXPECT_TRUE(sent.sent_from(first));
    const auto [value, overrun] = last_update(sent.bytes);
    EXPECT_EQ(value.find("value")->choice()->value, first);
    EXPECT_EQ(value.find("uniqueId")->get<std::int32_t>(), 7);
    EXPECT_TRUE(overrun.none());
}

TEST_F(ImagesTest, AGetSendsThemFromWhereTheyAreToo)
{
    const pv::Value first = image(std::byte{2});
    post(first);
    const std::string sid = client.create("IMAGE");
    client.send(10, sid + "01000000 08 80 00 00");
    client.send(10, sid + "01000000 10");
    const Sent sent(client.connection().output());
    EXPECT_TRUE(sent.sent_from(first));
}

TEST_F(ImagesTest, WhenOneTakesAnothersPlaceItSaysSo)
{
    monitor();
    post(image(std::byte{1}));
    const pv::Value second = image(std::byte{2});
    post(second);
    client.connection().collapse();
    EXPECT_EQ(client.connection().backlog().coalesced(), 1u);
    EXPECT_LT(client.connection().output().size(), image_bytes + 1000);
    const Sent sent(client.connection().output());
    EXPECT_TRUE(sent.sent_from(second));
    const auto [value, overrun] = last_update(sent.bytes);
    EXPECT_EQ(value.find("value")->choice()->value, second);
    EXPECT_EQ(overrun, value.marked());
}

TEST_F(ImagesTest, NothingIsToldOfWhatWasNotWanted)
{
    const std::string sid = client.create("IMAGE");
    client.send(13, sid + R"(01000000 08 80 00 01 05"field" 80 00 01 08"codec" 80 00 00)");
    client.send(13, sid + "01000000 44");
    Sent drop(client.connection().output());
    post(image(std::byte{1}));
    EXPECT_TRUE(client.connection().output().empty());
}

} // namespace
} // namespace iochron::server::pva
