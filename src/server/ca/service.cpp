#include "server/ca/service.h"

#include "server/ca/circuit.h"

#include <algorithm>
#include <cassert>

namespace iochron::server::ca {
namespace {

Service::Counts register_counts(base::Counters& counters)
{
    return {
        counters.get("ca.server.circuits"), counters.get("ca.server.channels"), counters.get("ca.server.subscriptions"),
        counters.get("ca.server.updates"),  counters.get("ca.server.posted"),   counters.get("ca.server.coalesced"),
        counters.get("ca.server.paused"),   counters.get("ca.server.dropped"),  counters.get("ca.server.malformed")};
}

/// DBR_PUT_ACKT and DBR_PUT_ACKS are writes of another kind; all other types carry a value.
pv::WriteKind kind_of(wire::ca::Dbr type)
{
    return type == wire::ca::Dbr::put_ackt   ? pv::WriteKind::acknowledge_transient
           : type == wire::ca::Dbr::put_acks ? pv::WriteKind::acknowledge_severity
                                             : pv::WriteKind::value;
}

} // namespace

Service::Service(Surroundings surroundings)
    : around_(std::move(surroundings)), counts_(register_counts(around_.counters))
{
    assert(!around_.sources.empty() && around_.sources.size() < 256);
}

Service::~Service() = default;

void Service::find(std::span<const std::string_view> names, std::span<bool> found)
{
    std::vector<pv::Presence> presence(names.size());
    std::ranges::fill(found, false);
    for (pv::Source* const source : around_.sources) {
        std::ranges::fill(presence, pv::Presence::absent);
        source->find(names, presence);
        for (std::size_t i = 0; i < names.size(); ++i) {
            found[i] = found[i] || presence[i] == pv::Presence::here;
        }
    }
}

LaneIndex Service::attach(Circuit& circuit, base::Output& updates)
{
    const LaneIndex lane = fanout_.add_lane(updates);
    circuits_.resize(std::max<std::size_t>(circuits_.size(), lane + 1));
    circuits_[lane] = &circuit;
    counts_.circuits.add();
    return lane;
}

void Service::detach(LaneIndex lane)
{
    fanout_.remove_lane(lane);
    circuits_[lane] = nullptr;
    counts_.circuits.set(counts_.circuits.value() - 1);
}

void Service::settle()
{
    settle_pvs();
    flush_full();
    encoder_.forget_elements(); // their field may fill the buffer again
    if (!fanout_.dirty().empty()) {
        const base::Steady now = around_.now();
        for (const LaneIndex lane : fanout_.dirty()) {
            fanout_.lane(lane).dirty = false;
            circuits_[lane]->settle(now);
        }
        fanout_.dirty().clear();
    }
    if (around_.budget.exceeded()) {
        enforce_budget();
    }
}

void Service::settle_pvs()
{
    if (gone_.empty() && rights_changed_.empty()) {
        return;
    }
    gone_.clear();
    std::vector<PvIndex> changed = std::exchange(rights_changed_, {});
    std::ranges::sort(changed);
    for (std::size_t lane = 0; lane < circuits_.size(); ++lane) {
        if (circuits_[lane] != nullptr) {
            circuits_[lane]->look_at_pvs(changed);
        }
    }
    for (const PvIndex index : changed) {
        if (pvs_.at(index).state == Pv::State::open) {
            apply_rights(index);
        }
    }
}

void Service::flush_full()
{
    for (const LaneIndex lane : fanout_.full()) {
        fanout_.lane(lane).full = false;
        circuits_[lane]->line().flush();
    }
    fanout_.full().clear();
}

/// The largest queue first, until there is room again. One that holds nothing superseded belongs to a peer that asks
/// for more than it ever reads; it cannot be kept.
void Service::enforce_budget()
{
    while (!around_.budget.relaxed()) {
        Circuit* largest = nullptr;
        each_circuit([&](Circuit& circuit) {
            if (largest == nullptr || circuit.backlog().size() > largest->backlog().size()) {
                largest = &circuit;
            }
        });
        if (largest == nullptr || largest->backlog().size() == 0) {
            return; // the rest is another server's
        }
        const std::size_t before = largest->backlog().size();
        largest->collapse();
        if (largest->backlog().size() > before / 8 * 7) {
            largest->abandon("it left too much output unread");
        }
    }
}

base::Handle Service::read(PvIndex index, const Operation& operation, std::uint32_t count)
{
    const base::Handle handle = operations_.insert(operation);
    circuits_[operation.lane]->entered(handle);
    source(index).read({pvs_.at(index).channel, pv::Token{handle.bits()}, count}, circuits_[operation.lane]->peer(),
                       *this);
    return handle;
}

base::Handle Service::write(PvIndex index, const Operation& operation, pv::Value value)
{
    const base::Handle handle = operations_.insert(operation);
    circuits_[operation.lane]->entered(handle);
    const pv::WriteRequest request{.channel = pvs_.at(index).channel,
                                   .token = pv::Token{handle.bits()},
                                   .value = std::move(value),
                                   .wait = operation.kind == Operation::Kind::write_notify,
                                   .kind = kind_of(wire::ca::Dbr{operation.request.type})};
    source(index).write(request, circuits_[operation.lane]->peer(), *this);
    return handle;
}

void Service::cancel(base::Handle handle)
{
    const Operation operation = *operations_.find(handle);
    operations_.erase(handle);
    const PvIndex index = circuits_[operation.lane]->pv_of(operation.channel);
    source(index).cancel(pvs_.at(index).channel, pv::Token{handle.bits()}, *this);
}

void Service::completed(pv::Token token, const pv::Status& status, const pv::Sample* sample)
{
    const base::Handle handle = base::Handle::from_bits(static_cast<std::uint64_t>(token));
    const Operation* const found = operations_.find(handle);
    if (found == nullptr) {
        return; // a first value that an update has overtaken
    }
    const Operation operation = *found;
    operations_.erase(handle);
    if (operation.kind == Operation::Kind::first_value) {
        std::erase(joining_, handle);
        first_value(operation, status, sample);
    } else {
        circuits_[operation.lane]->completed(handle, operation, status, sample);
    }
}

} // namespace iochron::server::ca
