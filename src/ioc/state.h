#pragma once

#include "base/counters.h"
#include "client/ca/client.h"
#include "db/database.h"
#include "db/group/groups.h"
#include "db/load/macros.h"
#include "ioc/device.h"
#include "ioc/ioc.h"
#include "ioc/ticker.h"
#include "reactor/executor.h"
#include "reactor/gate.h"
#include "reactor/keyed_queue.h"
#include "reactor/shard.h"
#include "reactor/system_clock.h"
#include "server/ca/server.h"
#include "server/pva/server.h"

#include <deque>
#include <memory>
#include <optional>
#include <span>

namespace iochron {

/// All that an IOC is made of, in the order in which it is built; it is taken down the other way round.
/// Thread: shard, once started
struct Ioc::State final : reactor::Work {
    explicit State(IocSettings given);

    // reactor::Work: the database's scans and triggers, held back by a pause.
    base::Steady next_deadline() override { return paused ? base::never : database.next_deadline(); }
    bool advance(base::Steady now) override { return database.advance(now); }

    /// Creates the record of that type, or throws and leaves nothing behind.
    db::RecordId create(std::string_view type, std::string_view name,
                        const std::vector<std::pair<std::string, std::string>>& fields);
    /// From now on, what is put to the record goes to `update` on the user thread, and the put's completion waits.
    void on_update(db::RecordId record, std::function<void(const pv::Value&)> update);
    void building() const;                                             ///< throws where the IOC has started
    [[nodiscard]] std::string variable(const std::string& name) const; ///< of the environment; empty where not set
    /// The same; also of this process' environment.
    [[nodiscard]] std::optional<std::string> set_variable(const std::string& name) const;
    void load(const std::string& path, const db::load::Macros& macros);
    /// Throw where the server cannot be had; open none where the environment wants none.
    void open_ca();
    void open_pva();
    /// The Channel Access client of links, made at the first call.
    pv::Source& network();
    void tell(const std::vector<std::string>& problems) const;
    void build_groups(); ///< logs what is wrong with any
    [[nodiscard]] std::vector<db::group::GroupFile> group_files() const;
    void tell(const db::group::Report& report) const;
    [[nodiscard]] server::Variable environment() const;
    template <class Server>
    [[nodiscard]] std::string report(const Server& server, int level, std::string_view none)
    {
        std::string text;
        shard.call([&] {
            if (!server) {
                text = none;
                return;
            }
            for (const std::string& line : server->report(level)) {
                text += line + "\n";
            }
        });
        return text;
    }

    /// A file of groups as it was loaded.
    struct GroupText {
        db::group::GroupFile file;
        std::string macros;
    };

    /// A value that user code has set.
    struct Setting {
        pv::Value value;
        std::unique_ptr<const Reading> reading; ///< null: none goes with it
    };
    void set(std::span<std::pair<std::uint32_t, Setting>> settings);
    void add_device(DeviceKind kind); ///< throws where it cannot be had
    void init_devices();              ///< calls DeviceKind::init for each record; throws what that throws

    IocSettings settings;
    std::shared_ptr<base::Log> log;
    reactor::SystemClock clock;
    base::Counters counters;
    reactor::Shard shard;
    db::Database database;
    db::group::Groups groups{database, *log};
    std::vector<GroupText> group_texts;
    base::Counter& ticks_late;
    base::Counter& ticks_skipped;
    reactor::Executor user;
    reactor::KeyedQueue<std::uint32_t, Setting> pushes;
    std::deque<ioc::Ticker> tickers;
    std::optional<client::ca::Client> client; ///< of links; gone before the database is
    server::Budget budget;
    std::unique_ptr<server::ca::Server> ca;
    std::unique_ptr<server::pva::Server> pva;
    std::shared_ptr<reactor::Gate<State>> gate = std::make_shared<reactor::Gate<State>>(*this);
    std::vector<std::shared_ptr<const DeviceKind>> devices;
    bool running = false;
    bool paused = false;
};

} // namespace iochron
