#pragma once

#include "base/log.h"
#include "client/finder.h"
#include "client/network_source.h"
#include "client/overruns.h"
#include "client/pva/connection.h"
#include "client/pva/monitor.h"
#include "client/pva/operation.h"
#include "client/pva/searcher.h"
#include "client/pva/settings.h"
#include "client/sinks.h"
#include "pv/plain.h"
#include "pv/quiet_sink.h"
#include "pv/structure.h"
#include "reactor/shard.h"
#include "reactor/tcp.h"
#include "reactor/timer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace iochron::client::pva {

struct ClientOptions {
    /// Every PV is given as the structure that it is, also one that has a plain value.
    bool structures = false;
};

/// The pvAccess client: offers the network as a pv::Source. Channels are searched, connected and, after a loss, found
/// again by themselves, with their subscriptions; `closed` and `opened` tell.
///
/// A PV whose structure has one plain value (NTScalar, NTScalarArray, NTEnum) is read as that value, with alarm, time
/// stamp and Meta; every other structure is the value by itself. A write with wait asks the server to answer when all
/// processing is done (block).
///
/// All who open a name (plain, or bare, or at one server) share a channel on the wire, and equal subscriptions to it
/// (same pvRequest) one monitor, unless they are `own` or pipelined. Who joins one that runs gets the present value
/// first.
/// Thread: shard
class Client final : public NetworkSource, private SearcherUser {
  public:
    Client(reactor::Shard& shard, Settings settings, base::Log& log, ClientOptions options = {});
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() override;

    pv::ChannelId open_channel(const pv::OpenRequest& request, pv::Sink& sink) override;
    /// A channel of which nothing is read when it opens: for execute() and structures(), also on PVs that can only be
    /// called. With a server nothing is searched, and a channel that is lost or refused stays so.
    pv::ChannelId open_bare(const pv::OpenRequest& request, pv::Sink& sink,
                            std::optional<base::Endpoint> server = std::nullopt);
    /// Completes as a read does: with the structure that was got or put-got, or an rpc's result, in the sample, or with
    /// the type in its Meta (info). The channel is a bare one.
    void execute(pv::ChannelId channel, pv::Token token, Operation operation, pv::Sink& sink);
    /// Updates are whole structures, of what the pvRequest asks for. Where that says pipeline=true the server sends no
    /// more than was granted: see credit().
    pv::SubscriptionId structures(const pv::SubscribeRequest& request, pv::Value asked, pv::Sink& sink);
    /// What a subscription's server has merged, across reconnections, since the monitor that it may share was made.
    [[nodiscard]] Overruns overruns(pv::SubscriptionId subscription) const;
    /// Of a channel that is open.
    [[nodiscard]] std::optional<base::Endpoint> server_of(pv::ChannelId channel) const;

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
    void credit(pv::SubscriptionId subscription, std::uint32_t updates) override;

  private:
    class Link;
    /// The sink of Monitors that have several subscribers.
    class FanOut final : public pv::QuietSink {
      public:
        explicit FanOut(Client& client) : client_(client) {}
        std::size_t updates(std::span<const pv::Update> batch) override;

      private:
        Client& client_;
    };

    /// An operation, by the id that its answers bear; those of Monitors are all higher.
    struct Request {
        enum class Kind : std::uint8_t { describe, read, write, put_get, rpc, process, info };

        Kind kind = Kind::read;
        std::uint32_t channel = 0;
        std::uint32_t opening = 0; ///< who asked; 0: the client itself
        pv::Token token{};
        pv::Sink* sink = nullptr;
        pv::Value value;                    ///< of a write, until it has been sent
        pv::Value asked;                    ///< the pvRequest; none: everything
        bool reads_back = false;            ///< a put waits for the choices of its value
        bool ready = false;                 ///< INIT was answered
        std::string words;                  ///< warnings of the server
        pv::TypeRef back;                   ///< what a put-get gives
        std::optional<pv::Structure> state; ///< once INIT has told the type
    };
    /// One name on the network, however many opened it. Its id is that of the messages.
    struct Channel {
        enum class State : std::uint8_t { searching, connecting, describing, open };

        std::string name;
        State state = State::searching;
        std::uint32_t sid = 0;
        Link* link = nullptr;
        std::uint32_t place = 0;  ///< in the link's list
        base::Steady create_by{}; ///< while it is connecting, and was asked for
        pv::MetaRef meta;
        std::vector<std::uint32_t> openings;  ///< ids
        std::vector<std::uint32_t> requests;  ///< ids
        std::vector<std::uint32_t> monitors;  ///< ids
        bool bare = false;                    ///< see open_bare()
        std::optional<base::Endpoint> server; ///< the only one
    };
    /// What a pv::ChannelId names: a channel as its opener sees it.
    struct Opening {
        std::uint32_t id = 0;
        std::uint32_t channel = 0;
        pv::Token token{};
        pv::Sink* sink = nullptr;
        bool open = false; ///< as it was told
        std::vector<pv::SubscriptionId> subscriptions;
    };

    // Name servers (client_name_servers.cpp).
    void find_name_servers();
    void search_by_tcp(const wire::pva::Search& search) override;
    [[nodiscard]] bool is_name_server(const Link& link) const;
    void name_server_connected(const base::Endpoint& server);
    void name_server_lost(const base::Endpoint& server);

    // Channels (client_channels.cpp).
    Link& link_to(const base::Endpoint& server);
    std::string_view name_of(std::uint32_t id) override;
    void found(std::uint32_t id, const base::Endpoint& server) override;
    [[nodiscard]] static std::string key_of(std::string_view name, bool bare,
                                            const std::optional<base::Endpoint>& server);
    pv::ChannelId add_opening(const pv::OpenRequest& request, bool bare, const std::optional<base::Endpoint>& server,
                              pv::Sink& sink);
    std::uint32_t add_channel(const std::string& key, std::string_view name, bool bare,
                              const std::optional<base::Endpoint>& server);
    void tell_open(std::uint32_t opening);
    [[nodiscard]] std::vector<std::uint32_t> openings_that_are(std::uint32_t id, bool open) const;
    /// Where nobody can say that the channel is open.
    Channel* open_channel_of(pv::ChannelId channel, pv::Token token, pv::Sink& sink);
    void validated(Link& link);
    void create(Link& link, std::uint32_t id);
    void give_up_creations(Link& link);
    void created(Link& link, std::uint32_t id, std::uint32_t sid, const wire::pva::Status& status);
    void destroyed(const Link& link, std::uint32_t id, std::uint32_t sid);
    void described(std::uint32_t id, const pv::Structure& structure);
    void opened(std::uint32_t id);
    void lost(std::uint32_t id, const std::string& why, bool again_later);
    void refused(std::uint32_t id, const std::string& why);
    void gone(Link& link, std::string_view why);
    void drop(std::uint32_t id);
    void attach(std::uint32_t id, Link& link);
    void detach(Channel& channel);
    void set_meta(Channel& channel, pv::MetaRef meta);

    // Requests (client_requests.cpp).
    std::uint32_t add_request(std::uint32_t channel, Request::Kind kind);
    std::uint32_t add_request(pv::ChannelId opening, Request::Kind kind, pv::Token token, pv::Sink& sink);
    void start(std::uint32_t id);
    bool answered(Link& link, wire::pva::Command command, std::uint32_t id, base::Reader& reader,
                  wire::pva::TypeCache& types);
    bool initialized(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types);
    void ready(std::uint32_t id, Request& request);
    bool executed(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types);
    bool got(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types);
    [[nodiscard]] const pv::BufferRef& holder_of(const Request& request) const;
    [[nodiscard]] pv::Sample sample_of(const Channel& channel, const pv::Structure& structure, pv::Plain& plain) const;
    [[nodiscard]] pv::MetaRef meta_of(const Channel& channel, const pv::Structure& structure) const;
    // What structures alone are asked for (client_operations.cpp).
    static wire::pva::Command command_of(Request::Kind kind);
    static bool is_put(Request::Kind kind);
    static pv::Outcome failure_of(Request::Kind kind);
    void put(std::uint32_t id, Request& request);
    bool read_back(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types);
    bool got_back(std::uint32_t id, Request& request, base::Reader& reader, wire::pva::TypeCache& types);
    bool returned(std::uint32_t id, base::Reader& reader, wire::pva::TypeCache& types);
    bool informed(std::uint32_t id, base::Reader& reader, wire::pva::TypeCache& types);
    void finish_with(std::uint32_t id, pv::Value value);
    void finish(std::uint32_t id, const pv::Status& status, const pv::Sample* sample);
    void end(std::uint32_t id, bool tell_server);

    // What servers say in words (client_words.cpp).
    void told(const Link& link, std::uint32_t id, wire::pva::MessageKind kind, std::string_view text);
    static void note(Request& request, std::string_view text);
    [[nodiscard]] pv::Status with_words(const Request& request, pv::Status status);
    void ended(const Monitor& monitor, const pv::Status& why);

    // Monitors (client_monitors.cpp).
    /// How a subscription shall come.
    struct Wanted {
        pv::Value asked;    ///< the pvRequest; none: everything
        bool whole = false; ///< as structures
    };
    pv::SubscriptionId subscribe(const pv::SubscribeRequest& request, const Wanted& wanted, pv::Sink& sink);
    Monitor* add_monitor(std::uint32_t channel);
    void end_subscription(pv::SubscriptionId subscription, bool tell_server);
    [[nodiscard]] std::uint32_t monitor_of(pv::SubscriptionId subscription) const;
    void start(Monitor& monitor);
    void stop_monitors(Channel& channel);
    bool answered(Monitor& monitor, base::Reader& reader, wire::pva::TypeCache& types);
    bool initialized(Monitor& monitor, base::Reader& reader, wire::pva::TypeCache& types);
    void run(Monitor& monitor, const pv::TypeRef& type);
    bool finished(Monitor& monitor, base::Reader& reader, wire::pva::TypeCache& types);
    bool updated(Monitor& monitor, base::Reader& reader, wire::pva::TypeCache& types);
    void updated(Monitor& monitor, const pv::Structure& update, bool overrun);
    [[nodiscard]] bool overran(const Monitor& monitor, const pv::TypeRef& type, base::Reader& reader);
    bool updated(Monitor& monitor, WholeState& state, base::Reader& reader, wire::pva::TypeCache& types);
    bool properties_changed(const Monitor& monitor, pv::MetaRef meta);
    void remove(Monitor& monitor, bool tell_server);
    void settled();
    void settle_soon();

    // Monitors that equal subscriptions share (client_sharing.cpp).
    /// What a pv::SubscriptionId of theirs names.
    struct Subscriber {
        std::uint32_t id = 0;
        std::uint32_t opening = 0;
        std::uint32_t monitor = 0;
        pv::Token token{};
        pv::Sink* sink = nullptr;
    };
    struct Shared {
        Wanted wanted;
        std::vector<std::uint32_t> subscribers; ///< ids
        bool ended = false;                     ///< until its channel comes back: nobody shall join
    };
    /// Where an id is a Subscriber's; else it is that of a Monitor by itself.
    static constexpr std::uint64_t shared_bit = std::uint64_t{1} << 32;
    Monitor* find_shared(const Channel& channel, const Wanted& wanted);
    pv::SubscriptionId join(Monitor& monitor, std::uint32_t opening, pv::Token token, pv::Sink& sink);
    [[nodiscard]] Subscriber* subscriber_of(pv::SubscriptionId subscription);
    void leave(Subscriber& subscriber);
    void set_route(Monitor& monitor);
    void give_present(Monitor& monitor, pv::Token token, pv::Sink& sink);
    void fan_out(const pv::Update& update);

    reactor::Shard& shard_;
    Settings settings_;
    base::Log& log_;
    ClientOptions options_;
    std::unordered_map<std::uint32_t, Channel> channels_;
    std::unordered_map<std::uint32_t, Request> requests_;
    std::unordered_map<std::string, std::uint32_t> index_; ///< id of a channel by its key_of()
    IdTable<Opening> openings_;
    IdTable<Subscriber> subscribers_;
    std::unordered_map<std::uint32_t, Shared> shared_; ///< by the id of the Monitor
    std::uint32_t last_channel_ = 0;
    std::uint32_t last_request_ = 0;
    std::unordered_map<base::Endpoint, std::unique_ptr<Link>> links_;
    std::vector<std::unique_ptr<Link>> ended_; ///< destroyed when nobody is inside them any more
    std::optional<reactor::TcpStreams> streams_;
    Searcher searcher_;
    /// A server that is asked for names: it stays connected, or is tried again, later each time.
    struct NameServer {
        base::Duration wait;
        std::unique_ptr<reactor::Timer> retry;
    };
    std::unordered_map<base::Endpoint, NameServer> name_servers_;

    Monitors monitors_;
    std::unordered_map<std::uint32_t, WholeState> wholes_;     ///< of monitors that are no number's, by id
    std::unordered_map<std::uint32_t, OverrunCount> overruns_; ///< of monitors that had any, by id
    FanOut fan_out_{*this};
    UpdateBatch batch_;
    Sinks sinks_;
    Finder finder_{*this, shard_};
    bool settles_soon_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace iochron::client::pva
