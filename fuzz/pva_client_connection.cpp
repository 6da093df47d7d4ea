// A pvAccess server's bytes, in pieces, to a client's connection: the types and values of its answers are read as the
// client reads them. The first byte chooses the size of the pieces.
#include "client/pva/connection.h"
#include "pv/normative.h"
#include "pv/plain.h"
#include "pv/quiet_sink.h"
#include "wire/pva/bit_set.h"

#include <algorithm>
#include <map>
#include <optional>

using namespace iochron;
using client::pva::Connection;

namespace {

/// Keeps the type that each request's INIT told, and reads later answers into it.
struct Reader final : client::pva::ConnectionUser, pv::QuietSink {
    void validated() override {}
    void created(std::uint32_t, std::uint32_t, const wire::pva::Status&) override {}
    void destroyed(std::uint32_t, std::uint32_t) override {}
    void message(std::uint32_t, wire::pva::MessageKind, std::string_view) override {}
    void answered(const wire::pva::SearchResponse&) override {}
    bool answered(wire::pva::Command command, std::uint32_t id, base::Reader& reader,
                  wire::pva::TypeCache& types) override
    {
        constexpr std::uint8_t init = 0x08;
        const std::uint8_t subcommand = reader.u8();
        const bool has_status = (subcommand & init) != 0 || command != wire::pva::Command::monitor;
        if (has_status && !wire::pva::read_status(reader).success()) {
            return true;
        }
        if ((subcommand & init) != 0) {
            const pv::TypeRef type = types.read(reader);
            if (type && type->is(pv::Type::Form::structure) && states.size() < 8) {
                states.insert_or_assign(id, pv::Structure(type));
            }
            return reader.ok();
        }
        const auto state = states.find(id);
        if (state == states.end() || command == wire::pva::Command::put) {
            return true;
        }
        wire::pva::ValueReader(reader, types).marked(state->second);
        if (reader.ok()) {
            (void)plain_of(state->second);
            (void)plain_meta_of(state->second);
        }
        return reader.ok();
    }
    void settled() override {} // both of ConnectionUser and of Sink
    void gone(std::string_view) override { ++ends; }

    std::map<std::uint32_t, pv::Structure> states;
    int ends = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 1) {
        return 0;
    }
    const client::pva::Settings settings;
    base::BlockPool pool;
    const base::Steady now{std::chrono::seconds(1)};
    Reader user;
    client::pva::Monitors monitors;
    client::UpdateBatch batch;
    Connection connection(settings, user, monitors, batch, pool, now);
    for (const pv::TypeRef& type : {pv::nt_scalar(pv::ScalarType::float64), pv::nt_enum()}) { // ids 0x400000, 0x400001
        client::pva::Monitor& monitor = monitors.get(monitors.insert());
        monitor.sink = &user;
        monitor.layout = connection.layout_of(type);
    }
    const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);
    const std::size_t cut = std::max<std::size_t>(1, data[0]);
    for (std::size_t at = 0; at < bytes.size() && !connection.finished(); at += cut) {
        connection.received(bytes.subspan(at, std::min(cut, bytes.size() - at)), now);
    }
    connection.closed("the end", now);
    return user.ends == 1 ? 0 : -1;
}
