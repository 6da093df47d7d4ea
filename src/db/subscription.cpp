#include "db/post.h"

namespace iochron::db {

namespace {

// An id is a stream's first place (its key in 15 bits, a serial number, the record's index) or, with the top bit, a
// node (a serial number, the node's index).
constexpr std::uint64_t in_node = std::uint64_t{1} << 63;

constexpr std::uint16_t key_bits = 0x7fff;

/// 15 bits of a key: 14 of the field's index and one for the long string.
constexpr std::uint16_t packed(FieldIndex key)
{
    return static_cast<std::uint16_t>((key & 0x3fff) | ((key & long_string) >> 1));
}
constexpr FieldIndex unpacked(std::uint16_t bits)
{
    return static_cast<FieldIndex>((bits & 0x3fff) | ((bits & 0x4000) << 1));
}

pv::SubscriptionId first_id(const Record& record, const Stream& stream)
{
    return pv::SubscriptionId{std::uint64_t{packed(stream.field)} << 48 | std::uint64_t{stream.generation} << 32 |
                              static_cast<std::uint32_t>(record.id)};
}

std::uint16_t serial_of(pv::SubscriptionId id)
{
    return static_cast<std::uint16_t>(static_cast<std::uint64_t>(id) >> 32);
}

bool is_in_node(pv::SubscriptionId id)
{
    return (static_cast<std::uint64_t>(id) & in_node) != 0;
}

Node node_of(pv::SubscriptionId id)
{
    return static_cast<Node>(id);
}

} // namespace

pv::SubscriptionId Posts::begin(Stream& stream, const Record& record, Node channel,
                                const std::vector<PassFilter>* passing, const pv::SubscribeRequest& request,
                                pv::Sink& sink)
{
    serial_ = serial_ == UINT16_MAX ? 1 : serial_ + 1;
    const std::uint16_t to = acquire(sink);
    stream.wants |= request.mask;
    if (passing == nullptr && !any(stream.mask) && any(request.mask)) {
        stream.token = request.token;
        stream.sink = to;
        stream.mask = request.mask;
        stream.channel = channel;
        stream.generation = serial_;
        return first_id(record, stream);
    }
    const Node node = more.make();
    more[node] = {.token = request.token,
                  .sink = to,
                  .generation = serial_,
                  .mask = request.mask,
                  .filtered = passing != nullptr,
                  .apart = request.properties_apart,
                  .channel = channel,
                  .next = stream.more};
    stream.more = node;
    if (passing != nullptr) {
        filters[node] = *passing;
    }
    return pv::SubscriptionId{in_node | std::uint64_t{serial_} << 32 | node};
}

std::pair<RecordId, FieldIndex> Posts::where(pv::SubscriptionId id, Channels& channels)
{
    if (!is_in_node(id)) {
        const auto bits = static_cast<std::uint64_t>(id);
        return {RecordId{static_cast<std::uint32_t>(bits)},
                serial_of(id) == 0 ? no_field : unpacked(static_cast<std::uint16_t>(bits >> 48) & key_bits)};
    }
    const Node node = node_of(id);
    if (node >= more.end() || more[node].generation != serial_of(id) || more[node].channel == 0) {
        return {RecordId{}, no_field};
    }
    const Channel& channel = channels[more[node].channel];
    return {channel.record, channel.field};
}

void Posts::end_first(Stream& stream)
{
    release(stream.sink);
    stream.token = {};
    stream.sink = 0;
    stream.mask = pv::Mask::none;
    stream.channel = 0;
}

/// Takes the subscription that the link leads to out of its stream.
void Posts::end_more(Node& link)
{
    const Node gone = link;
    link = more[gone].next;
    release(more[gone].sink);
    if (more[gone].filtered) {
        filters.erase(gone);
    }
    more.free(gone);
}

void Posts::end(Stream& stream, pv::SubscriptionId id)
{
    if (!is_in_node(id)) {
        if (stream.sink != 0 && stream.generation == serial_of(id)) {
            flush(sink(stream.sink));
            end_first(stream);
        }
        return;
    }
    for (Node* at = &stream.more; *at != 0; at = &more[*at].next) {
        if (*at == node_of(id)) {
            flush(sink(more[*at].sink));
            end_more(*at);
            return;
        }
    }
}

void Posts::end_all(Stream& stream, Node channel)
{
    if (stream.sink != 0 && stream.channel == channel) {
        end_first(stream);
    }
    for (Node* at = &stream.more; *at != 0;) {
        if (more[*at].channel == channel && more[*at].sink != 0) {
            end_more(*at);
        } else {
            at = &more[*at].next;
        }
    }
}

} // namespace iochron::db
