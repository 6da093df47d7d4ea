#include "perf/planted_rig.h"

#include "base/problem.h"
#include "perf/scenario.h"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace iochron::perf {
namespace {

using namespace std::chrono_literals;

constexpr auto period = 1ms;
constexpr auto patience = 20s;
constexpr auto quiet = 300ms;
constexpr auto short_lag = 20ms;
constexpr unsigned subscriptions = self_test_pvs * self_test_monitors;
constexpr unsigned stall_from = self_test_updates / 4;
constexpr unsigned stall_to = self_test_updates * 3 / 4;

base::Limits limits_for(const Planted& planted)
{
    base::Limits limits;
    limits.max_lag = planted.stall ? short_lag : 0ms; // off, so that a busy machine is no fault
    return limits;
}

} // namespace

SelfTestRig::SelfTestRig(const Planted& planted, Protocol protocol)
    : planted_(planted), shard_({.name = "self-test"}), limits_(limits_for(planted)),
      budget_(limits_.process_output_bytes), database_({.clock = clock_, .log = log_, .counters = counters_}),
      records_(database_, planted.database), wire_{.queue = Planter(planted.queue), .wire = Planter(planted.wire)},
      net_(self_test_net(protocol, {shard_, records_, limits_, log_, counters_, budget_, wire_})),
      heard_(net_->network(), planted.client), load_(shard_, heard_, clock_, {self_test_pvs, self_test_monitors}),
      timer_(shard_)
{
    make_records();
}

void SelfTestRig::make_records()
{
    for (std::uint32_t i = 0; i < self_test_pvs; ++i) {
        const auto record = database_.create("ai", pv_name(i));
        if (!record) {
            throw base::Problem("the self-test has no records: " + record.error());
        }
        values_.emplace_back(*record, pv::Value());
    }
    database_.start(shard_.refresh());
    make_update(); // the first value
}

void SelfTestRig::make_update()
{
    const pv::Value value = pv::Value::of(static_cast<double>(made_++));
    for (auto& each : values_) {
        each.second = value;
    }
    (void)database_.set(values_); // a value that is refused is missing, and found so
}

/// One of each PV every period, with a stall or a gap where one is planted.
void SelfTestRig::make_updates()
{
    const unsigned wanted = self_test_updates + 1 - planted_.left_out;
    wire_.stalled = planted_.stall && made_ >= stall_from && made_ < stall_to;
    make_update();
    if (made_ < wanted) {
        timer_.at(timer_.deadline() == base::never ? shard_.now() + period : timer_.deadline() + period,
                  [this] { make_updates(); });
    }
}

SelfTestRig::Counts SelfTestRig::count()
{
    const server::Service::Counts& served = net_->service().counts();
    return {.posted = counters_.get("db.posted").value(),
            .served = served.updates.value(),
            .fanned = served.posted.value(),
            .coalesced = served.coalesced.value() + served.paused.value(),
            .framed = wire_.frames,
            .received = heard_.received(),
            .handed = load_.received()};
}

Place SelfTestRig::place_of(const Counts& counts)
{
    if (counts.served != counts.posted) {
        return Place::before_server;
    }
    if (counts.fanned != counts.served * self_test_monitors) {
        return Place::in_server;
    }
    if (counts.framed + counts.coalesced != counts.fanned) {
        return Place::before_wire;
    }
    if (counts.received != counts.framed) {
        return Place::on_wire;
    }
    return counts.handed != counts.received ? Place::in_client : Place::nowhere;
}

void SelfTestRig::wait_until(const std::function<bool()>& done, const char* what)
{
    if (!shard_.run_until(shard_.refresh() + patience, done)) {
        throw base::Problem(fmt::format("the self-test ('{}'): {} within {} s", planted_.what, what, patience.count()));
    }
}

Found SelfTestRig::run()
{
    load_.start([] {});
    wait_until([this] { return heard_.heard() == subscriptions; }, "not all subscriptions got their first value");
    const Counts before = count();
    timer_.at(shard_.now() + period, [this] { make_updates(); });
    const unsigned wanted = self_test_updates + 1 - planted_.left_out;
    wait_until([&] { return made_ == wanted; }, "the updates were not made");
    std::optional<Verdict> verdict;
    load_.drain([&](const Verdict& given) { verdict = given; }, quiet);
    wait_until([&] { return verdict.has_value(); }, "the values could not be read");

    const Counts after = count();
    Found found;
    found.place = place_of({.posted = after.posted - before.posted,
                            .served = after.served - before.served,
                            .fanned = after.fanned - before.fanned,
                            .coalesced = after.coalesced - before.coalesced,
                            .framed = after.framed - before.framed,
                            .received = after.received - before.received,
                            .handed = after.handed - before.handed});
    Result& result = found.result;
    result.row = {.client_pvs = self_test_pvs, .monitors_per_pv = self_test_monitors};
    result.verdict = *verdict;
    result.coalesced = after.coalesced;
    result.subscriptions_served = net_->service().counts().subscriptions.value();
    result.updates_sent = after.fanned - after.coalesced;
    result.processed_share = static_cast<double>(after.posted - before.posted) / (self_test_pvs * self_test_updates);
    judge(result);
    return found;
}

Found find_planted(const Planted& planted, Protocol protocol)
{
    return SelfTestRig(planted, protocol).run();
}

} // namespace iochron::perf
