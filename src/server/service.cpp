#include "server/service.h"

#include <algorithm>
#include <cassert>

namespace iochron::server {
namespace {

Service::Counts register_counts(base::Counters& counters, std::string_view prefix, std::string_view sessions)
{
    const auto get = [&](std::string_view name) -> base::Counter& {
        return counters.get(std::string(prefix).append(name));
    };
    return {get(sessions),    get("channels"), get("subscriptions"), get("updates"),  get("posted"),
            get("coalesced"), get("paused"),   get("dropped"),       get("malformed")};
}

} // namespace

Service::Service(Surroundings surroundings, const Protocol& protocol)
    : around_(std::move(surroundings)), counts_(register_counts(around_.counters, protocol.prefix, protocol.sessions)),
      id_at_(protocol.id_at), properties_apart_(protocol.properties_apart), fanout_(protocol.may_replace)
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

LaneIndex Service::attach(Session& session, base::Output& updates)
{
    const LaneIndex lane = fanout_.add_lane(updates);
    sessions_.resize(std::max<std::size_t>(sessions_.size(), lane + 1));
    sessions_[lane] = &session;
    return lane;
}

void Service::detach(LaneIndex lane)
{
    fanout_.remove_lane(lane);
    sessions_[lane] = nullptr;
}

void Service::settle_backlog(LaneIndex lane, Backlog& backlog, Upkeep& upkeep, base::Steady now)
{
    const base::Duration max_lag = around_.limits.max_lag;
    follow(lane, backlog, [&] { backlog.settle(now, max_lag, dropped_ >= most_dropped); });
    upkeep.late = backlog.due(now, max_lag) ? now : base::never;
    note_size(backlog, upkeep.noted_bytes);
}

void Service::collapse_backlog(LaneIndex lane, Backlog& backlog, Upkeep& upkeep)
{
    follow(lane, backlog, [&] { backlog.collapse(); });
    note_size(backlog, upkeep.noted_bytes);
}

void Service::settle_late(LaneIndex lane)
{
    touch(lane);
    settle();
}

void Service::note_size(const Backlog& backlog, std::size_t& noted_bytes)
{
    around_.budget.change(std::exchange(noted_bytes, backlog.size()), backlog.size());
}

void Service::settle()
{
    dropped_ = 0;
    settle_pvs();
    flush_full();
    forget_elements();
    if (!fanout_.dirty().empty()) {
        const base::Steady now = around_.now();
        for (std::size_t i = 0; i < fanout_.dirty().size(); ++i) { // settling one session may touch another
            const LaneIndex lane = fanout_.dirty()[i];
            fanout_.lane(lane).dirty = false;
            sessions_[lane]->settle(now);
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
    for (std::size_t lane = 0; lane < sessions_.size(); ++lane) {
        if (sessions_[lane] != nullptr) {
            sessions_[lane]->look_at_pvs(changed);
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
        sessions_[lane]->line().flush();
    }
    fanout_.full().clear();
}

/// The largest queue first, until there is room again. One that holds nothing superseded belongs to a peer that asks
/// for more than it ever reads; it cannot be kept.
void Service::enforce_budget()
{
    while (!around_.budget.relaxed()) {
        Session* largest = nullptr;
        each_session([&](Session& session) {
            if (largest == nullptr || session.backlog().size() > largest->backlog().size()) {
                largest = &session;
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
    sessions_[operation.lane]->entered(handle);
    source(index).read({pvs_.at(index).channel, pv::Token{handle.bits()}, count}, sessions_[operation.lane]->peer(),
                       *this);
    return handle;
}

base::Handle Service::write(PvIndex index, const Operation& operation, pv::WriteRequest request)
{
    const base::Handle handle = operations_.insert(operation);
    sessions_[operation.lane]->entered(handle);
    request.channel = pvs_.at(index).channel;
    request.token = pv::Token{handle.bits()};
    source(index).write(request, sessions_[operation.lane]->peer(), *this);
    return handle;
}

base::Handle Service::process(PvIndex index, const Operation& operation, bool wait)
{
    const base::Handle handle = operations_.insert(operation);
    sessions_[operation.lane]->entered(handle);
    source(index).process(pvs_.at(index).channel, pv::Token{handle.bits()}, wait, sessions_[operation.lane]->peer(),
                          *this);
    return handle;
}

base::Handle Service::call(PvIndex index, const Operation& operation, const pv::Value& arguments)
{
    const base::Handle handle = operations_.insert(operation);
    sessions_[operation.lane]->entered(handle);
    source(index).rpc(pvs_.at(index).channel, pv::Token{handle.bits()}, arguments, sessions_[operation.lane]->peer(),
                      *this);
    return handle;
}

void Service::cancel(base::Handle handle)
{
    const Operation operation = *operations_.find(handle);
    operations_.erase(handle);
    const PvIndex index = sessions_[operation.lane]->pv_of(operation.channel);
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
        sessions_[operation.lane]->completed(handle, operation, status, sample);
    }
}

} // namespace iochron::server
