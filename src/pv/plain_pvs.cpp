#include "pv/plain_pvs.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace iochron::pv {
namespace {

/// Members of which the properties are made that Channel Access has.
BitSet properties_of(const Type& type)
{
    BitSet found;
    for (const std::string_view path : {"display", "control", "valueAlarm", "descriptor", "value.choices"}) {
        if (const auto field = type.find(path)) {
            found |= leaves(type, *field);
        }
    }
    return found;
}

bool some_of(const BitSet& marked, BitSet fields)
{
    fields &= marked;
    return fields.any();
}

} // namespace

std::shared_ptr<SharedPv> PlainPvs::look_for(std::string_view name)
{
    constexpr std::string_view val = ".VAL";
    auto pv = all_.look_for(name);
    if (pv == nullptr && name.ends_with(val)) {
        pv = all_.look_for(name.substr(0, name.size() - val.size()));
    }
    return pv;
}

void PlainPvs::find(std::span<const std::string_view> names, std::span<Presence> found)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto pv = look_for(names[i]);
        found[i] = pv != nullptr && pv->plain_meta_ != nullptr ? Presence::here : Presence::absent;
    }
}

void PlainPvs::open(std::span<const OpenRequest> requests, const Peer& /*peer*/, Sink& sink)
{
    std::vector<Opened> answers;
    answers.reserve(requests.size());
    for (const OpenRequest& request : requests) {
        answers.push_back(all_.open_one(request, look_for(request.name), true, sink));
    }
    sink.opened(answers);
}

// What a SharedPv does for its plain channels.

/// Its array can hold so many elements at the least.
void SharedPv::open_plain(std::uint32_t held)
{
    auto meta = plain_meta_of(value());
    plain_meta_ = nullptr;
    if (meta) {
        meta->max_count = std::max(meta->max_count, held);
        plain_meta_ = std::make_shared<const Meta>(std::move(*meta));
        plain_properties_ = properties_of(*value().type());
    }
}

Sample SharedPv::plain_sample(std::optional<Plain>& plain) const
{
    if (!plain) {
        plain = plain_of(value());
    }
    return plain->sample(*plain_meta_);
}

/// What the last change was, as Channel Access tells changes apart. Says so where the properties are others now.
Mask SharedPv::note_plain_changes()
{
    Mask mask = Mask::value | Mask::log;
    const BitSet& marked = value().marked();
    const Type& type = *value().type();
    if (const auto alarm = type.find("alarm"); alarm && some_of(marked, leaves(type, *alarm))) {
        mask |= Mask::alarm;
    }
    const Value* const array = value().find("value");
    const bool outgrown = array != nullptr && array->count() > plain_meta_->max_count;
    if (!outgrown && !some_of(marked, plain_properties_)) {
        return mask;
    }
    const std::uint32_t held = plain_meta_->max_count;
    open_plain(outgrown ? 0 : held);
    if (outgrown) { // the channels are closed when what goes on now, perhaps a put by one of them, is answered
        ++plain_lives_;
        for (const Client& client : clients_) {
            if (client.plain) {
                unsubscribe(client.channel);
                touched(*client.sink);
            }
        }
        if (owner_ != nullptr) {
            owner_->outgrown_.push_back(this);
        }
        return mask;
    }
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        if (clients_[i].plain) {
            clients_[i].sink->meta_changed(clients_[i].token, plain_meta_);
        }
    }
    return mask | Mask::property;
}

} // namespace iochron::pv
