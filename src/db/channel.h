#pragma once

#include "db/nodes.h"
#include "db/record.h"

#include <vector>

namespace iochron::db {

/// A channel: whose it is, and which field it is of. 24 bytes.
struct Channel {
    pv::Token token{};
    RecordId record{};
    FieldIndex field = no_field; ///< with the bit `long_string` for "FIELD$"
    std::uint16_t sink = 0;
    std::uint16_t generation = 0; ///< odd while open
    bool waiting = false;         ///< a put of it waits for its completion
    bool filtered = false;        ///< Core::filters has something for it
};
static_assert(sizeof(Channel) == 24);

/// The open channels. An id names one use of a node, so that a stale one finds nothing.
/// Thread: shard
class Channels {
  public:
    [[nodiscard]] pv::ChannelId open(const Channel& channel)
    {
        Node node = 0;
        if (free_.empty()) {
            node = nodes_.make();
        } else {
            node = free_.back();
            free_.pop_back();
        }
        const std::uint16_t generation = nodes_[node].generation + 1;
        nodes_[node] = channel;
        nodes_[node].generation = generation;
        return id(node);
    }
    [[nodiscard]] pv::ChannelId id(Node node) const
    {
        return pv::ChannelId{std::uint64_t{nodes_[node].generation} << 32 | node};
    }
    [[nodiscard]] static Node node(pv::ChannelId id) { return static_cast<Node>(id); }
    [[nodiscard]] Channel* find(pv::ChannelId id)
    {
        const Node at = node(id);
        if (at == 0 || at >= nodes_.end() || nodes_[at].generation % 2 == 0 ||
            nodes_[at].generation != static_cast<std::uint64_t>(id) >> 32) {
            return nullptr;
        }
        return &nodes_[at];
    }
    [[nodiscard]] Channel& operator[](Node node) { return nodes_[node]; }
    void close(pv::ChannelId id)
    {
        const std::uint16_t next = nodes_[node(id)].generation + 1;
        nodes_[node(id)] = Channel{};
        nodes_[node(id)].generation = next;
        free_.push_back(node(id));
    }
    [[nodiscard]] std::size_t memory_bytes() const { return nodes_.memory_bytes() + free_.capacity() * sizeof(Node); }

  private:
    Nodes<Channel> nodes_;
    std::vector<Node> free_;
};

} // namespace iochron::db
