// A pvAccess client's bytes, in pieces, to a server's connection whose PVs change meanwhile. The first two bytes choose
// how. Whatever comes: nothing but output in step comes back, and all is let go at the end.
#include "base/log.h"
#include "server/fake_source.h"
#include "server/noted_line.h"
#include "server/pva/connection.h"

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace iochron;
using server::FakeSource;
using server::pva::Connection;
using server::pva::Service;

namespace {

void fill(FakeSource& source)
{
    source.add("A", pv::Value::of(1.5));
    source.add("B", pv::Value::enumeration(0), pv::ScalarType::enumeration).meta->choices = {"Off", "On"};
    const std::vector<double> numbers = {1, 2, 3};
    source.add("W", pv::Value::array_of<double>(numbers));
    source.add("S", pv::Value::of(std::string_view("text")), pv::ScalarType::string);
}

void happen(FakeSource& source, unsigned step)
{
    switch (step % 8) {
    case 1:
        source.post("A", pv::Value::of(double(step)));
        break;
    case 3:
        source.answer_held();
        break;
    case 5:
        source.post("B", pv::Value::enumeration(step & 1), pv::Mask::value | pv::Mask::property);
        break;
    case 7:
        if (step > 40) {
            source.take_away("W");
        }
        break;
    default:
        break;
    }
    source.settle_all();
}

/// What waits must be whole messages of a server.
void require_in_step(Connection& connection)
{
    std::vector<std::byte> all;
    std::array<std::span<const std::byte>, 64> pieces;
    for (std::size_t i = 0, n = connection.output().gather(pieces); i < n; ++i) {
        all.insert(all.end(), pieces[i].begin(), pieces[i].end());
    }
    wire::pva::Assembler assembler(wire::pva::Role::server, std::size_t{1} << 30);
    std::span<const std::byte> bytes = all;
    while (assembler.next(bytes)) {
    }
    if (!assembler.fault().empty()) {
        std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2) {
        return 0;
    }
    FakeSource source;
    fill(source);
    source.hold_opens = (data[1] & 1) != 0;
    base::Limits limits;
    limits.message_bytes = 1u << 16;
    limits.channels = limits.operations = 100;
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
                     .now = [&now] { return now; }},
                    {}, [] { return std::vector<std::string>{"A", "B"}; });
    {
        server::NotedLine::Notes line;
        Connection connection(service, std::make_unique<server::NotedLine>(line), "10.0.0.7:41234", now);
        const auto bytes = std::as_bytes(std::span(data, size)).subspan(2);
        const std::size_t cut = std::max<std::size_t>(1, data[0]);
        unsigned step = 0;
        for (std::size_t at = 0; at < bytes.size() && !connection.finished(); at += cut, ++step) {
            connection.received(bytes.subspan(at, std::min(cut, bytes.size() - at)), now);
            happen(source, step);
            require_in_step(connection);
            now += std::chrono::milliseconds(100);
        }
        connection.ended(now);
        source.answer_held();
        connection.closed("the end", now);
    }
    if (!source.channels.empty() || !source.subscriptions.empty() || budget.used() != 0) {
        std::abort();
    }
    return 0;
}
