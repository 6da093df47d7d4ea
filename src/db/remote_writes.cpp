#include "db/core.h"
#include "db/remotes.h"
#include "pv/convert.h"

#include <utility>

namespace iochron::db {

namespace {

/// The value as the far end has it: its server then need not guess what a number's text was to be. A text for an
/// enumeration goes as it is, since the server knows its choices best.
std::expected<pv::Value, pv::Status> fitted(const pv::Value& value, const pv::Meta& meta)
{
    const bool is_choice = meta.type == pv::ScalarType::enumeration && value.type() == pv::ScalarType::string;
    if (meta.type == pv::ScalarType::structure || is_choice || (value.type() == meta.type && !value.is_array())) {
        return value;
    }
    return meta.is_array ? pv::convert(value, meta.type, &meta) : pv::convert_to_scalar(value, meta.type, nullptr);
}

} // namespace

bool Remotes::put(const Link& link, const pv::Value& value, bool wait)
{
    Remote& remote = nodes_[link.remote];
    if (!remote.connected || !remote.rights.write) {
        return false;
    }
    auto converted = fitted(value, *remote.meta);
    if (!converted) {
        return false;
    }
    if (!remote.next.empty()) {
        ++remote.replaced;
        replaced_.add();
    }
    remote.next = *std::move(converted);
    // Not SIOL: what stands in for the device is written without a completion (writeValue of EPICS Base's records).
    remote.waits |= wait && core_.field(core_.records[link.owner], link.owner_field).name == "OUT";
    queue(remote);
    return true;
}

void Remotes::forward(const Link& link)
{
    if (nodes_[link.remote].forwards) {
        (void)put(link, pv::Value::of(std::int16_t{1}), false); // EPICS Base tells nobody either when it fails
    }
}

void Remotes::queue(Remote& remote)
{
    if (!remote.queued && remote.writing < most_writing) {
        remote.queued = true;
        queue_.push_back(core_.links[remote.link].remote);
    }
}

void Remotes::flush()
{
    while (!queue_.empty()) {
        std::swap(queue_, writing_);
        for (const Node node : writing_) {
            if (std::exchange(nodes_[node].queued, false)) { // else the link has gone meanwhile
                write(nodes_[node]);
            }
        }
        writing_.clear();
    }
}

void Remotes::write(Remote& remote)
{
    if (remote.next.empty()) {
        return; // the connection was lost meanwhile
    }
    ++remote.writing;
    const bool wait = remote.waits;
    const pv::WriteRequest request{.channel = remote.channel,
                                   .token = token(remote, wait ? Use::awaited_write : Use::write),
                                   .value = std::exchange(remote.next, {}),
                                   .wait = wait};
    source_->write(request, {}, *this);
}

void Remotes::completed(pv::Token operation, const pv::Status& status, const pv::Sample*)
{
    Remote* const remote = find(operation);
    if (remote == nullptr) {
        return;
    }
    --remote->writing;
    if (!status.ok() && status.outcome != pv::Outcome::disconnected) {
        core_.with.log.warning("db.link_write", "{}: the write to '{}' failed: {}", owner(*remote), name(*remote),
                               status.text.empty() ? to_string(status.outcome) : std::string_view(status.text));
    }
    if (use(operation) == Use::awaited_write && std::exchange(remote->waits, false)) {
        core_.finished.push_back(core_.links[remote->link].owner);
    }
    if (!remote->next.empty()) {
        queue(*remote);
    }
}

} // namespace iochron::db
