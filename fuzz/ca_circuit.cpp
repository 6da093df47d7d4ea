// What a CA client may send to the server's circuit: any bytes, in pieces. The first byte says how they are cut, the
// second what the Source is slow with and whether the peer greets properly; between the pieces PVs change, answers
// come, rights go and come back, and the peer reads or does not.
#include "server/ca/circuit.h"
#include "server/fake_source.h"
#include "server/noted_line.h"
#include "wire/ca/message.h"
#include "wire/ca/version.h"

#include <algorithm>
#include <cstdlib>

using namespace iochron;
using server::FakeSource;
using server::ca::Circuit;
using server::ca::Service;

namespace {

void fill(FakeSource& source, unsigned options)
{
    const std::vector<double> numbers(600, 1.5);
    source.add("a", pv::Value::of(1.0));
    source.add("w", pv::Value::array_of<double>(numbers));
    source.add("t", pv::Value::of(std::string_view("text")), pv::ScalarType::string);
    source.hold_opens = (options & 1) != 0;
    source.hold_reads = (options & 2) != 0;
    source.hold_writes = (options & 4) != 0;
    source.hold_first_values = (options & 8) != 0;
}

/// Something that happens meanwhile, another thing each step.
void happen(FakeSource& source, unsigned step)
{
    switch (step % 6) {
    case 0:
        source.post("a", pv::Value::of(static_cast<double>(step)));
        break;
    case 1:
        source.answer_held();
        break;
    case 2:
        source.post("w", source.items.at("w").sample.value, pv::Mask::value | pv::Mask::alarm);
        break;
    case 3:
        source.set_rights("a", {.read = step % 4 == 3, .write = true});
        break;
    case 4:
        if (step % 12 == 4) {
            source.take_away("t");
        }
        break;
    default:
        break;
    }
    source.settle_all();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2) {
        return 0;
    }
    FakeSource source;
    fill(source, data[1]);
    base::Limits limits;
    limits.message_bytes = 1u << 16;
    limits.channels = limits.subscriptions = limits.operations = 100;
    base::SilentLog log;
    base::Counters counters;
    server::Budget budget(1u << 18);
    base::BlockPool pool;
    base::Steady now{std::chrono::seconds(1)};
    Service service({.sources = {&source},
                     .limits = limits,
                     .log = log,
                     .counters = counters,
                     .budget = budget,
                     .pool = pool,
                     .now = [&now] { return now; }});
    {
        server::NotedLine::Notes line;
        Circuit circuit(service, std::make_unique<server::NotedLine>(line), "10.0.0.7:41234");
        if ((data[1] & 16) != 0) {
            std::array<std::byte, wire::ca::short_header_bytes> version;
            base::Writer writer(version);
            encode(writer, wire::ca::Version{});
            circuit.received(version, now);
        }
        const auto bytes = std::as_bytes(std::span(data, size)).subspan(2);
        const std::size_t cut = std::max<std::size_t>(1, data[0]);
        unsigned step = 0;
        for (std::size_t at = 0; at < bytes.size() && !circuit.finished(); at += cut, ++step) {
            circuit.received(bytes.subspan(at, std::min(cut, bytes.size() - at)), now);
            happen(source, step);
            now += std::chrono::milliseconds(100);
            if ((data[1] & 32) != 0) {
                circuit.output().consume(circuit.output().size() / 2);
                circuit.sent(now);
            }
        }
        circuit.ended(now);
        source.answer_held();
        circuit.closed("the end", now);
    }
    source.answer_held();
    // Nothing may be left of a circuit that is gone.
    if (!source.channels.empty() || !source.subscriptions.empty() || budget.used() != 0 ||
        counters.get("ca.server.channels").value() != 0 || counters.get("ca.server.subscriptions").value() != 0) {
        std::abort();
    }
    return 0;
}
