#pragma once

#include "base/limits.h"
#include "base/log.h"
#include "base/slots.h"
#include "db/database.h"
#include "db/group/definition.h"
#include "db/group/shape.h"
#include "pv/source.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace iochron::db::group {

/// Several records of a Database as one structure, after QSRV 2: from their info items group_item and from files. A get
/// shows all of them at one time. A monitor is told of what its triggers name, once for each piece of work of the
/// Database. A put writes all that it is meant for, or nothing.
///
/// Channels are never closed, and rights never change. What has no part in any mapping (rpc, process) is refused.
/// Thread: shard
class Groups final : public pv::Source, private pv::Sink {
  public:
    Groups(Database& database, base::Log& log) : database_(database), log_(log) {}
    Groups(const Groups&) = delete;
    Groups& operator=(const Groups&) = delete;
    ~Groups() override;

    /// Makes the groups, of the Database's info items and of the files, which amend these. Called once, after
    /// Database::start(). Groups with an error are left out.
    Report build(std::span<const GroupFile> files, const base::Limits& limits);
    /// What can be told to be wrong before Database::start(): all but names within one structure that get in each
    /// other's way, and triggers that name nothing.
    [[nodiscard]] Report check(std::span<const GroupFile> files, const base::Limits& limits) const;
    [[nodiscard]] std::vector<std::string> names() const;
    /// For the shell's pvxgl: level 0 names, 1 with their sums, 2 with their mappings. Names that match the pattern,
    /// where * and ? stand for any text and any byte.
    [[nodiscard]] std::string text(int level, std::string_view pattern) const;

    // pv::Source
    void find(std::span<const std::string_view> names, std::span<pv::Presence> found) override;
    void open(std::span<const pv::OpenRequest> requests, const pv::Peer& peer, pv::Sink& sink) override;
    void close(pv::ChannelId channel) override;
    [[nodiscard]] pv::MetaRef describe(pv::ChannelId channel) override;
    void read(const pv::ReadRequest& request, const pv::Peer& peer, pv::Sink& sink) override;
    void write(const pv::WriteRequest& request, const pv::Peer& peer, pv::Sink& sink) override;
    void cancel(pv::ChannelId channel, pv::Token operation, pv::Sink& sink) override;
    pv::SubscriptionId subscribe(const pv::SubscribeRequest& request, pv::Sink& sink) override;
    void unsubscribe(pv::SubscriptionId subscription) override;

  private:
    /// A mapping while the IOC runs.
    struct Member {
        Mapping mapping;
        std::string channel_name;
        pv::ChannelId channel{};            ///< none for structure and const
        std::vector<std::uint32_t> targets; ///< the members that an update of this one triggers
        pv::SubscriptionId subscription{};  ///< while somebody monitors the group
        bool seen = false;                  ///< has had an event since the last update
        bool fired = false;                 ///< which has triggered
    };
    struct Subscriber {
        pv::SubscriptionId id{};
        pv::ChannelId channel{};
        pv::Token token{};
        pv::Sink* sink = nullptr;
    };
    struct Group {
        std::string name;
        pv::MetaRef meta;
        std::vector<Member> members;
        std::size_t first_token = 0;        ///< of the first member, in members_
        std::optional<pv::Structure> state; ///< all that has been told
        std::vector<Subscriber> subscribers;
        pv::BitSet pending;  ///< fields of the next update
        bool fired = false;  ///< one of its members has
        bool listed = false; ///< in pending_
    };
    struct Channel {
        Group* group = nullptr;
    };
    /// A put that waits for its end.
    struct Put {
        pv::ChannelId channel{};
        pv::Token token{};
        pv::Sink* sink = nullptr;
        std::ptrdiff_t left = 0; ///< completions to come; counted down before it is known, too
        bool begun = false;      ///< it is known
    };

    // groups_build.cpp
    [[nodiscard]] Definitions read(std::span<const GroupFile> files, const base::Limits& limits, Report& report) const;
    [[nodiscard]] bool is_sound(const std::string& name, const Definition& definition, Report& report) const;
    void make(const std::string& name, Definition& definition, Report& report);
    [[nodiscard]] static bool open_members(Group& group, const std::string& id, std::span<const Part> parts,
                                           std::span<const pv::Opened> opened, Report& report);
    static void link_triggers(Group& group, std::span<const Part> parts, Report& report);

    // groups_monitor.cpp
    void listen(Group& group);
    void ignore(Group& group);
    void heed(Group& group, Member& member, const pv::Sample& sample);
    void tell_all();
    void tell(Group& group, bool fresh);
    void touch(pv::Sink& sink);

    [[nodiscard]] Group* find(pv::ChannelId channel);
    [[nodiscard]] Group* find(std::string_view name);
    void refresh(Group& group, Member& member, pv::Parts parts);
    void refresh_all(Group& group);
    [[nodiscard]] static pv::Sample sample(const Group& group, pv::Value value);
    pv::Status put(Group& group, const pv::WriteRequest& request, const pv::Peer& peer, pv::Sink& sink);
    void finish(base::Handle put);

    // pv::Sink, of the Database
    void opened(std::span<const pv::Opened> answers) override;
    std::size_t updates(std::span<const pv::Update> batch) override;
    void completed(pv::Token operation, const pv::Status& status, const pv::Sample* sample) override;
    void rights_changed(pv::Token, pv::Rights) override {}
    void meta_changed(pv::Token, const pv::MetaRef&) override {} // the type stays as it was at iocInit
    void closed(pv::Token, const pv::Status&) override {}
    void settled() override;

    Database& database_;
    base::Log& log_;
    std::map<std::string, std::unique_ptr<Group>, std::less<>> groups_;
    std::vector<std::pair<Group*, std::uint32_t>> members_; ///< by the token of a member's channel and subscription
    base::Slots<Channel> channels_;
    base::Slots<Group*> subscriptions_;
    base::Slots<Put> puts_;
    std::vector<pv::Opened> answers_; ///< of the Database, while groups are made
    /// Whose value the Database is asked for, and what of it counts.
    struct Reading {
        Group* group = nullptr;
        const Member* member = nullptr;
        pv::Parts parts = pv::Parts::all;
    };
    Reading reading_;
    std::vector<Group*> pending_;    ///< groups with an update to be told
    std::vector<pv::Sink*> touched_; ///< who has been told something
};

} // namespace iochron::db::group
