#pragma once

#include "base/log.h"
#include "client/ca/link.h"
#include "client/ca/searcher.h"
#include "client/ca/settings.h"
#include "client/ca/tables.h"
#include "client/ca/values.h"
#include "client/finder.h"
#include "client/network_source.h"
#include "client/sinks.h"
#include "pv/quiet_sink.h"
#include "pv/source.h"
#include "reactor/shard.h"
#include "reactor/tcp.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace iochron::client::ca {

struct ClientOptions {
    std::uint16_t priority = 0; ///< of all its circuits, 0..99
    /// Reads units, limits and choices (CTRL) before a channel is said to be open, and again when they change for those
    /// who subscribe to properties. Without, a Meta knows type and count only, and a channel costs a message less.
    bool describe = true;
};

/// What is known of a channel, for `info`.
struct ChannelInfo {
    std::string name;
    ChannelState state{};
    base::Endpoint server; ///< port 0: none
    wire::ca::Dbr native{};
    std::uint32_t count = 0;
    pv::Rights rights;
};

/// The Channel Access client: offers the network as a pv::Source. Channels are searched, connected and, after a loss,
/// found again by themselves, with their subscriptions; `closed` and `opened` tell.
///
/// Where a pv::Source cannot know: an open() of a name that nobody has is answered when somebody has it. A write with
/// wait is a put-callback; without, it completes when the server has made it. `Peer` is ignored: servers see this
/// process' account and host. A read or write of a channel that is not connected fails with `disconnected`.
///
/// Equal subscriptions (channel, type, count, mask) share one on the wire, unless `own`, and unless one that runs
/// alone has started: its first value has passed, and a second subscriber would have to do without one.
/// Thread: shard
class Client final : public NetworkSource, private SearcherUser, private reactor::Touched {
  public:
    Client(reactor::Shard& shard, Settings settings, base::Log& log, ClientOptions options = {});
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() override;

    // pv::Source
    void find(std::span<const std::string_view> names, std::span<pv::Presence> found) override;
    void open(std::span<const pv::OpenRequest> requests, const pv::Peer& peer, pv::Sink& sink) override;
    void close(pv::ChannelId channel) override;
    void give_up(const pv::OpenRequest& request, pv::Sink& sink) override;
    [[nodiscard]] std::string server_name(pv::ChannelId channel) override;
    [[nodiscard]] pv::MetaRef describe(pv::ChannelId channel) override;
    void read(const pv::ReadRequest& request, const pv::Peer& peer, pv::Sink& sink) override;
    void write(const pv::WriteRequest& request, const pv::Peer& peer, pv::Sink& sink) override;
    void cancel(pv::ChannelId channel, pv::Token operation, pv::Sink& sink) override;
    pv::SubscriptionId subscribe(const pv::SubscribeRequest& request, pv::Sink& sink) override;
    void unsubscribe(pv::SubscriptionId subscription) override;

    // NetworkSource
    pv::ChannelId open_channel(const pv::OpenRequest& request, pv::Sink& sink) override;

    // What only Channel Access has.
    /// A read and a subscription in another form than the channel's own with time stamp. Of a GR or CTRL form
    /// sample->meta holds what it brought.
    void read_as(const pv::ReadRequest& request, wire::ca::Dbr type, pv::Sink& sink);
    /// A write in just this form; the value is converted to it here, and by the server to what the field is.
    void write_as(const pv::WriteRequest& request, wire::ca::Dbr type, pv::Sink& sink);
    pv::SubscriptionId subscribe_as(const pv::SubscribeRequest& request, wire::ca::Dbr type, pv::Sink& sink);
    [[nodiscard]] ChannelInfo info(pv::ChannelId channel);

    /// Updates received for a subscription from the network, ever.
    [[nodiscard]] std::uint64_t received(pv::SubscriptionId subscription);
    [[nodiscard]] const Searcher& searcher() const { return searcher_; }
    [[nodiscard]] std::size_t circuits() const { return links_.size(); }

  private:
    friend class Link;
    /// The sink of Monitors that have, or may get, several subscribers.
    class FanOut final : public pv::QuietSink {
      public:
        explicit FanOut(Client& client) : client_(client) {}
        std::size_t updates(std::span<const pv::Update> batch) override;

      private:
        Client& client_;
    };
    struct Answer {
        pv::Sink* sink;
        pv::Opened opened;
    };

    // Searches (client_search.cpp).
    wire::ca::Cid id_at(std::uint32_t place) override;
    std::string_view name_at(std::uint32_t place) override;
    void found(wire::ca::Cid id, const base::Endpoint& where, std::uint32_t server) override;
    void heard_beacon(const base::Endpoint& server, BeaconNews news) override;
    bool ask_name_servers(std::span<const std::byte> messages) override;
    void find_name_servers();

    // Circuits (client_links.cpp).
    Link& link_to(const base::Endpoint& server, bool name_server);
    void connect(Link& link);
    std::unique_ptr<base::Connection> make_circuit(Link& link, reactor::TcpStream& stream);
    void connect_failed(Link& link, const std::string& why);
    void gone(Link& link, std::string_view why);
    bool lost_lately(const base::Endpoint& server);
    void remove(Link& link);
    void responsive(Link& link, bool yes);
    void attach(Channel& channel, Link& link);
    void detach(Channel& channel);
    static void touch(Link& link);

    // Channels (client_channels.cpp).
    void rights(Link& link, wire::ca::Cid id, pv::Rights rights);
    void created(Link& link, wire::ca::Cid id, wire::ca::Sid sid, wire::ca::Dbr native, std::uint32_t count);
    void lost(Link& link, wire::ca::Cid id);
    void ask_for_meta(Channel& channel);
    void described(Channel& channel, const ReadAnswer& answer);
    void set_meta(Channel& channel, pv::MetaRef meta);
    void become_open(Channel& channel);
    void become_lost(Channel& channel, const pv::Status& why);
    void tell_closed(Channel& channel, const pv::Status& why);
    void drop(Channel& channel);
    void answer(const Opening& opening);
    void refuse(const pv::OpenRequest& request, pv::Sink& sink, pv::Status status);

    // Operations (client_operations.cpp).
    void start_write(const pv::WriteRequest& request, std::optional<wire::ca::Dbr> type, pv::Sink& sink);
    Operation* begin(pv::ChannelId channel, pv::Token token, Operation::Kind kind, pv::Sink& sink);
    void answered(const ReadAnswer& answer);
    void written(wire::ca::Ioid ioid, wire::ca::Eca status);
    void complete(Operation& operation, const pv::Status& status, const pv::Sample* sample);
    void erase(Operation& operation);
    void disconnect_operations(Channel& channel, const pv::Status& why);

    // Subscriptions (client_monitors.cpp).
    pv::SubscriptionId subscribe(const pv::SubscribeRequest& request, std::optional<wire::ca::Dbr> type,
                                 pv::Sink& sink);
    Monitor* find_shared(Channel& channel, const Monitor& wanted);
    std::uint32_t add_monitor(Channel& channel, const Monitor& wanted);
    void join(Monitor& monitor, std::uint32_t subscriber);
    void leave(Monitor& monitor, std::uint32_t subscriber);
    void remove(Monitor& monitor);
    void watch_properties(Channel& channel);
    void start(Channel& channel, Monitor& monitor);
    void start_monitors(Channel& channel);
    void stop_monitors(Channel& channel);
    void set_route(Monitor& monitor);
    void monitor_failed(wire::ca::SubId id, wire::ca::Eca status);
    void fan_out(const pv::Update& update);
    void properties(Monitor& monitor, wire::ca::Dbr type, std::uint32_t count, std::span<const std::byte> data);
    template <class F>
    void each_monitor(Channel& channel, F f)
    {
        for (const std::uint32_t first : {channel.shared_monitors, channel.own_monitors}) {
            for (std::uint32_t id = first; id != 0; id = monitors_.get(id).next) {
                f(monitors_.get(id));
            }
        }
    }

    void settle(base::Steady now) override;
    void tell_opened();

    reactor::Shard& shard_;
    Settings settings_;
    base::Log& log_;
    ClientOptions options_;

    std::unordered_map<std::string, std::uint32_t> index_; ///< id of a channel by its name
    IdTable<Channel> channels_;
    IdTable<Opening> openings_;
    IdTable<Subscriber> subscribers_;
    IdTable<Operation> operations_;
    Monitors monitors_;
    std::unordered_map<std::uint32_t, pv::Sample> last_values_; ///< of cached monitors
    FanOut fan_out_{*this};
    UpdateBatch batch_;

    Sinks sinks_;
    std::vector<Answer> answers_; ///< opened channels not told yet
    std::uint32_t links_made_ = 0;
    std::vector<std::unique_ptr<Link>> links_;
    std::unordered_map<base::Endpoint, Link*> by_server_;     ///< those that take new channels
    std::unordered_map<base::Endpoint, base::Steady> losses_; ///< of circuits, in the last seconds
    std::optional<reactor::TcpStreams> streams_;              ///< always there, but ends before the rest
    reactor::Timer name_server_timer_;
    std::vector<base::Endpoint> name_servers_;
    Searcher searcher_;
    Finder finder_{*this, shard_};
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true); ///< for the name look-up's answer
};

} // namespace iochron::client::ca
