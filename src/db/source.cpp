#include "db/core.h"
#include "db/filter.h"
#include "db/record_fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace iochron::db {

namespace {

using pv::Outcome;

constexpr FieldIndex field_of(FieldIndex key)
{
    return key & static_cast<FieldIndex>(~long_string);
}

pv::Opened refused(const pv::OpenRequest& request, Outcome outcome, std::string text)
{
    return {request.token, {outcome, std::move(text)}, {}, nullptr, {}};
}

pv::Opened open_one(Core& core, const pv::OpenRequest& request, pv::Sink& sink)
{
    const auto [name, filter_text] = split_filters(request.name);
    const Core::Place place = core.place(name);
    if (place.record == nullptr || core.field(*place.record, field_of(place.field)).type == Dbf::noaccess) {
        return refused(request, Outcome::no_such_channel, fmt::format("there is no '{}'", request.name));
    }
    auto filters = make_filters(filter_text, core.states);
    if (!filters) {
        return refused(request, Outcome::unsupported, fmt::format("'{}': {}", request.name, filters.error()));
    }
    const Field& field = core.field(*place.record, field_of(place.field));
    Channel channel;
    channel.token = request.token;
    channel.record = place.record->id;
    channel.field = place.field;
    channel.sink = core.posts.acquire(sink);
    channel.filtered = *filters != nullptr;
    const pv::ChannelId id = core.channels.open(channel);
    pv::MetaRef meta = core.channel_meta(*place.record, place.field);
    if (channel.filtered) {
        core.filters[Channels::node(id)] = *std::move(filters);
        meta = core.filtered_meta(Channels::node(id), meta.get());
    }
    return {request.token, {}, id, std::move(meta), {.read = true, .write = !field.has(nomod)}};
}

void answer(Core& core, pv::Sink& sink, pv::Token token, const pv::Status& status, const pv::Sample* sample = nullptr)
{
    core.posts.flush(sink);
    sink.completed(token, status, sample);
}

/// While it lives, what processes is traced as asked by that peer.
class Asking {
  public:
    Asking(Core& core, const pv::Peer& peer) : core_(core), outer_(std::exchange(core.asker, &peer)) {}
    ~Asking() { core_.asker = outer_; }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

  private:
    Core& core_;
    const pv::Peer* outer_;
};

pv::Status no_channel()
{
    return {Outcome::no_such_channel, "the channel is closed"};
}

} // namespace

void Database::find(std::span<const std::string_view> names, std::span<pv::Presence> found)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Core::Place place = core_->place(split_filters(names[i]).first);
        const bool here =
            place.record != nullptr && core_->field(*place.record, field_of(place.field)).type != Dbf::noaccess;
        found[i] = here ? pv::Presence::here : pv::Presence::absent;
    }
}

void Database::open(std::span<const pv::OpenRequest> requests, const pv::Peer&, pv::Sink& sink)
{
    const Entry entry(*core_);
    std::vector<pv::Opened> answers;
    answers.reserve(requests.size());
    for (const pv::OpenRequest& request : requests) {
        answers.push_back(open_one(*core_, request, sink));
    }
    core_->posts.flush(sink);
    sink.opened(answers);
}

void Database::close(pv::ChannelId id)
{
    Core& core = *core_;
    const Channel* const channel = core.channels.find(id);
    if (channel == nullptr) {
        return;
    }
    Record& record = core.records[channel->record];
    const Node node = Channels::node(id);
    if (Stream* const stream = core.find_stream(record, channel->field)) {
        core.posts.flush(core.posts.sink(channel->sink));
        core.posts.end_all(*stream, node);
        core.update_wants(*stream);
    }
    core.waits.cancel(id, {}, nullptr);
    std::erase_if(core.ended, [&](const Ended& end) { return end.channel == id; });
    core.posts.release(channel->sink);
    if (channel->filtered) {
        core.filters.erase(node);
    }
    core.channels.close(id);
}

pv::MetaRef Database::describe(pv::ChannelId id)
{
    const Channel* const channel = core_->channels.find(id);
    if (channel == nullptr) {
        return nullptr;
    }
    pv::MetaRef meta = core_->channel_meta(core_->records[channel->record], channel->field);
    return channel->filtered ? core_->filtered_meta(Channels::node(id), meta.get()) : meta;
}

void Database::read(const pv::ReadRequest& request, const pv::Peer&, pv::Sink& sink)
{
    Core& core = *core_;
    const Entry entry(core);
    const Channel* const channel = core.channels.find(request.channel);
    if (channel == nullptr) {
        answer(core, sink, request.token, no_channel());
        return;
    }
    Record& record = core.records[channel->record];
    const pv::MetaRef meta = core.channel_meta(record, channel->field);
    pv::Sample sample = core.sample(record, channel->field, meta.get());
    if (channel->filtered) {
        core.filter_read(Channels::node(request.channel), sample);
    }
    answer(core, sink, request.token, {}, &sample);
}

void Database::write(const pv::WriteRequest& request, const pv::Peer& peer, pv::Sink& sink)
{
    Core& core = *core_;
    const Entry entry(core);
    const Channel* const channel = core.channels.find(request.channel);
    if (channel == nullptr) {
        answer(core, sink, request.token, no_channel());
        return;
    }
    Record& record = core.records[channel->record];
    const Field& field = core.field(record, field_of(channel->field));
    const Asking asking(core, peer);
    LatePut put{.request = request, .sink = &sink};
    pv::Value& value = put.request.value;
    if ((channel->field & long_string) != 0 && !value.is_array() && pv::element_bytes(value.type()) == 1) {
        value = *array_of_shape(value, {.type = value.type(), .max_count = 1}); // a text of one character, or of none
    }
    if (request.wait && !is_link(field.type) && (record.is(flag_pact) || core.waits.has_puts(record))) {
        core.waits.queue(record, put);
        return;
    }
    const pv::Status status =
        request.wait ? core.put_waiting(record, field, put, false) : core.put_field(record, field, put.request);
    if (!status.ok() || (request.acknowledge && !request.wait)) {
        answer(core, sink, request.token, status);
    }
}

void Database::process(pv::ChannelId id, pv::Token token, bool wait, const pv::Peer& peer, pv::Sink& sink)
{
    Core& core = *core_;
    const Entry entry(core);
    const Channel* const channel = core.channels.find(id);
    if (channel == nullptr) {
        answer(core, sink, token, no_channel());
        return;
    }
    Record& record = core.records[channel->record];
    const Asking asking(core, peer);
    if (wait) {
        const LatePut late{.request = {.channel = id, .token = token, .value = {}}, .sink = &sink, .writes = false};
        if (record.is(flag_pact) || core.waits.has_puts(record)) {
            core.waits.queue(record, late);
        } else {
            (void)core.put_waiting(record, core.field(record, field_proc), late, false);
        }
        return;
    }
    if (record.is(flag_pact)) {
        record.set(flag_rpro);
    } else {
        record.set(flag_putf);
        core.process(record);
    }
    answer(core, sink, token, {});
}

void Database::cancel(pv::ChannelId channel, pv::Token operation, pv::Sink& sink)
{
    core_->waits.cancel(channel, operation, &sink);
    std::erase_if(core_->ended, [&](const Ended& end) { return end.channel == channel && end.token == operation; });
}

pv::SubscriptionId Database::subscribe(const pv::SubscribeRequest& request, pv::Sink& sink)
{
    Core& core = *core_;
    const Entry entry(core);
    const Channel* const channel = core.channels.find(request.channel);
    if (channel == nullptr) {
        return {};
    }
    Record& record = core.records[channel->record];
    Stream& stream = core.stream(record, channel->field);
    if (stream.meta == nullptr) {
        stream.meta = core.channel_meta(record, channel->field).get();
    }
    const Node node = Channels::node(request.channel);
    const auto* const passing = channel->filtered ? &core.filters.at(node)->passing : nullptr;
    const pv::SubscriptionId id = core.posts.begin(stream, record, node, passing, request, sink);
    pv::Sample sample = core.sample(record, channel->field, stream.meta);
    if (passing != nullptr) {
        // As base has it, a first value is posted for all reasons at once.
        constexpr pv::Mask no_property = pv::Mask::value | pv::Mask::log | pv::Mask::alarm;
        sample.mask = request.properties_apart ? request.mask & no_property : request.mask;
        const Node at = Posts::filtered_node(id);
        if (!core.filter(at, sample)) {
            core.posts.more[at].waits = true;
            return id;
        }
        sample.mask = pv::Mask::none;
    }
    core.posts.first(request.token, sink, sample);
    return id;
}

void Database::unsubscribe(pv::SubscriptionId id)
{
    Core& core = *core_;
    const auto [record_id, key] = core.posts.where(id, core.channels);
    if (key == no_field) {
        return;
    }
    Record& record = core.records[record_id];
    Stream* const stream = core.find_stream(record, key);
    if (stream != nullptr) {
        core.posts.end(*stream, id);
        core.update_wants(*stream);
    }
}

std::uint64_t Database::posted(pv::ChannelId id) const
{
    const Channel* const channel = core_->channels.find(id);
    if (channel == nullptr) {
        return 0;
    }
    const Stream* const stream = core_->find_stream(core_->records[channel->record], channel->field);
    return stream == nullptr ? 0 : stream->posted;
}

} // namespace iochron::db
