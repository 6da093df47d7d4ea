#include "db/core.h"
#include "db/record_fields.h"
#include "pv/convert.h"

namespace iochron::db {

namespace {

constexpr FieldIndex field_of(FieldIndex key)
{
    return key & static_cast<FieldIndex>(~long_string);
}

} // namespace

pv::Value Core::value(const Record& record, FieldIndex key) const
{
    const Field& field = this->field(record, field_of(key));
    pv::Value value = get(record, field);
    return (key & long_string) != 0 ? pv::characters_of_text(value.text()) : value;
}

pv::Sample Core::sample(const Record& record, FieldIndex key, const pv::Meta* meta) const
{
    return {value(record, key),
            {record.time},
            user_tag(record),
            {record.sevr, record.stat},
            pv::Mask::none,
            record.acknowledgement(),
            false,
            message(record),
            meta};
}

std::uint64_t Core::user_tag(const Record& record) const
{
    return record.is(flag_user_tag) ? cold.get(record, field(record, field_utag)).get<std::uint64_t>() : 0;
}

const std::string* Core::message(const Record& record) const
{
    if (!record.is(flag_message)) {
        return nullptr;
    }
    const auto found = messages.find(record.id);
    return found == messages.end() || found->second.now.empty() ? nullptr : &found->second.now;
}

void Core::set_messages(Record& record, std::string_view now, std::string_view next)
{
    const auto found = messages.find(record.id);
    if (found != messages.end() && found->second.now != now) {
        posts.flush(); // updates that wait borrow the old text
    }
    const bool any = !now.empty() || !next.empty();
    record.set(flag_message, any);
    if (any) {
        Messages fresh{std::string(now), std::string(next)}; // the views may be of the old texts
        messages.insert_or_assign(record.id, std::move(fresh));
    } else if (found != messages.end()) {
        messages.erase(found);
    }
}

Stream* Core::find_stream(Record& record, FieldIndex key)
{
    Stream* stream = &record.stream;
    while (stream->field != key) {
        if (stream->next == 0) {
            return nullptr;
        }
        stream = &posts.streams[stream->next];
    }
    return stream;
}

Stream& Core::stream(Record& record, FieldIndex key)
{
    if (Stream* const found = find_stream(record, key)) {
        return *found;
    }
    if (record.stream.field == no_field) {
        record.stream.field = key;
        return record.stream;
    }
    const Node node = posts.streams.make();
    Stream& fresh = posts.streams[node];
    fresh.field = key;
    fresh.next = record.stream.next;
    record.stream.next = node;
    return fresh;
}

void Core::post(Record& record, FieldIndex field, pv::Mask mask)
{
    Stream* stream = &record.stream;
    while (true) {
        if (field_of(stream->field) == field && stream->field != no_field && any(stream->wants & mask)) {
            deliver(record, *stream, mask, value(record, stream->field));
        }
        if (stream->next == 0) {
            return;
        }
        stream = &posts.streams[stream->next];
    }
}

void Core::post_others(Record& record, FieldIndex field, pv::Mask mask)
{
    const bool first_is_done = record.stream.field == field;
    Stream* stream = &record.stream;
    while (true) {
        const bool meant = field_of(stream->field) == field && stream->field != no_field;
        if (meant && !(first_is_done && stream == &record.stream) && any(stream->wants & mask)) {
            deliver(record, *stream, mask, value(record, stream->field));
        }
        if (stream->next == 0) {
            return;
        }
        stream = &posts.streams[stream->next];
    }
}

void Core::deliver_more(Record& record, Stream& stream, pv::Mask mask, const pv::Value& value, std::uint64_t tag,
                        const std::string* message)
{
    for (Node at = stream.more; at != 0; at = posts.more[at].next) {
        const Subscription& subscription = posts.more[at];
        if (!any(subscription.mask & mask)) {
            continue;
        }
        if (subscription.sink == 0) { // a CP link of this database listens
            trigger(LinkId{static_cast<std::uint32_t>(subscription.token)});
        } else if (subscription.filtered) {
            deliver_filtered(at, {value,
                                  {record.time},
                                  tag,
                                  {record.sevr, record.stat},
                                  mask & subscription.mask,
                                  record.acknowledgement(),
                                  false,
                                  message,
                                  stream.meta});
        } else {
            posts.append(subscription.sink, subscription.token, record, value, mask, tag, message, stream.meta);
        }
    }
}

void Core::deliver_filtered(Node at, pv::Sample sample)
{
    Subscription& subscription = posts.more[at];
    const std::string* const message = sample.message;
    if (subscription.waits && subscription.apart && sample.mask == pv::Mask::property) {
        return;
    }
    if (filter(at, sample)) {
        if (std::exchange(subscription.waits, false)) {
            sample.mask = pv::Mask::none; // what is heard first
        }
        posts.append(subscription.sink, subscription.token, sample);
        if (sample.message != message) { // the filter keeps that text until it passes another
            posts.flush(posts.sink(subscription.sink));
        }
    }
}

void Core::post_all(Record& record, pv::Mask mask)
{
    for (Stream* stream = &record.stream; stream != nullptr;
         stream = stream->next == 0 ? nullptr : &posts.streams[stream->next]) {
        if (stream->field != no_field && any(stream->wants & mask)) {
            deliver(record, *stream, mask, value(record, stream->field));
        }
    }
}

void Core::refresh_metas(Record& record, bool post)
{
    for (Stream* stream = &record.stream; stream != nullptr;
         stream = stream->next == 0 ? nullptr : &posts.streams[stream->next]) {
        if (stream->field == no_field || !any(stream->wants)) {
            stream->meta = nullptr;
            continue;
        }
        const pv::MetaRef fresh = meta(record, stream->field); // an owner: a sink may ask for others meanwhile
        if (std::exchange(stream->meta, fresh.get()) != fresh.get()) {
            tell_meta(*stream, fresh);
        }
        if (post && any(stream->wants & pv::Mask::property)) {
            deliver(record, *stream, pv::Mask::property, value(record, stream->field));
        }
    }
}

void Core::tell_meta(const Stream& stream, const pv::MetaRef& fresh)
{
    const auto tell = [&](std::uint16_t sink, Node channel) {
        if (sink != 0 && channel != 0) {
            pv::Sink& to = posts.sink(sink);
            posts.flush(to);
            const bool filtered = channels[channel].filtered;
            to.meta_changed(channels[channel].token, filtered ? filtered_meta(channel, fresh.get()) : fresh);
            posts.touch(to);
        }
    };
    if (any(stream.mask)) {
        tell(stream.sink, stream.channel);
    }
    for (Node at = stream.more; at != 0; at = posts.more[at].next) {
        tell(posts.more[at].sink, posts.more[at].channel);
    }
}

} // namespace iochron::db
