// Images as a client's connection takes them: messages of 4 MiB in the pieces in which a socket gives them.
#include "client/pva/connection.h"
#include "pv/normative.h"
#include "pv/quiet_sink.h"
#include "wire/pva/bit_set.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

using namespace iochron;
using client::pva::Connection;

namespace {

constexpr std::size_t piece_bytes = 256u << 10;

/// Reads each update into one structure, and keeps the array as a consumer would.
struct Reader final : client::pva::ConnectionUser, pv::QuietSink {
    void validated() override {}
    void created(std::uint32_t, std::uint32_t, const wire::pva::Status&) override {}
    void destroyed(std::uint32_t, std::uint32_t) override {}
    void message(std::uint32_t, wire::pva::MessageKind, std::string_view) override {}
    void answered(const wire::pva::SearchResponse&) override {}
    bool answered(wire::pva::Command, std::uint32_t, base::Reader& reader, wire::pva::TypeCache& types) override
    {
        reader.skip(1);
        wire::pva::ValueReader(reader, types, connection->holder()).marked(image);
        (void)wire::pva::read_bit_set(reader);
        kept = image.at(value);
        ++updates;
        return reader.ok();
    }
    void settled() override {} // both of ConnectionUser and of Sink
    void gone(std::string_view) override {}

    Connection* connection = nullptr;
    pv::Structure image{pv::nt_ndarray()};
    std::uint32_t value = *pv::nt_ndarray()->find("value");
    pv::Value kept;
    std::size_t updates = 0;
};

std::vector<std::byte> message_of(std::size_t bytes)
{
    pv::Structure image(pv::nt_ndarray());
    (void)image.set("value", pv::Value::zeros(pv::ScalarType::uint8, bytes));
    (void)image.set("uniqueId", 5);
    std::vector<std::byte> message;
    const auto order = base::ByteOrder::little;
    const std::size_t start =
        wire::pva::begin_message(message, wire::pva::Role::server, order, wire::pva::Command::monitor);
    wire::pva::Encoder encoder(message, order);
    encoder.u32(1);
    encoder.u8(0);
    write_marked(encoder, image);
    encoder.u8(0);
    wire::pva::end_message(message, start, order);
    return message;
}

void images(benchmark::State& state)
{
    const std::vector<std::byte> message = message_of(static_cast<std::size_t>(state.range(0)));
    const client::pva::Settings settings;
    base::BlockPool pool;
    Reader user;
    client::pva::Monitors monitors;
    client::UpdateBatch batch;
    const base::Steady now{};
    Connection connection(settings, user, monitors, batch, pool, now);
    user.connection = &connection;
    for (auto _ : state) {
        for (std::size_t at = 0; at < message.size(); at += piece_bytes) {
            connection.received(std::span(message).subspan(at, std::min(piece_bytes, message.size() - at)), now);
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(user.updates * message.size()));
    if (user.updates != static_cast<std::size_t>(state.iterations())) {
        state.SkipWithError("updates are missing");
    }
}
BENCHMARK(images)->Arg(64 << 10)->Arg(1 << 20)->Arg(4 << 20);

} // namespace
