// What a CA server may send to our client's circuit: any bytes, in pieces. The first byte says how they are cut.
#include "client/ca/circuit.h"
#include "pv/quiet_sink.h"

#include <algorithm>

using namespace iochron;
using namespace iochron::client::ca;

namespace {

struct Nobody final : CircuitUser, pv::QuietSink {
    void rights(wire::ca::Cid, pv::Rights) override {}
    void created(wire::ca::Cid, wire::ca::Sid, wire::ca::Dbr, std::uint32_t) override {}
    void lost(wire::ca::Cid) override {}
    void read(const ReadAnswer&) override {}
    void written(wire::ca::Ioid, wire::ca::Eca) override {}
    void monitor_failed(wire::ca::SubId, wire::ca::Eca) override {}
    void found(wire::ca::Cid, const base::Endpoint&) override {}
    void responsive(bool) override {}
    void complaint(std::string_view) override {}
    void gone(std::string_view) override {}
    void properties(Monitor&, wire::ca::Dbr, std::uint32_t, std::span<const std::byte>) override {}
    void settled() override {}
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    Nobody nobody;
    Monitors monitors;
    client::UpdateBatch batch;
    base::BlockPool pool;
    const pv::Meta meta;
    Circuit circuit({.message_bytes = 1u << 16}, monitors, batch, nobody, pool, base::Steady{});
    for (std::uint16_t type = 0; type < wire::ca::dbr_count; ++type) { // ids 0x400000, 0x400001...: one of each type
        Monitor& monitor = monitors.get(monitors.insert());
        monitor.sink = &nobody;
        monitor.meta = &meta;
        monitor.type = wire::ca::Dbr{type};
        circuit.subscribe({}, monitor);
    }
    const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);
    const std::size_t step = std::max<std::size_t>(1, data[0]);
    for (std::size_t at = 0; at < bytes.size() && !circuit.finished(); at += step) {
        circuit.received(bytes.subspan(at, std::min(step, bytes.size() - at)), base::Steady{});
    }
    circuit.closed("end", base::Steady{});
    return 0;
}
