#pragma once

#include "base/limits.h"
#include "base/log.h"
#include "base/time.h"
#include "ioc/device.h"
#include "ioc/record.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iochron {

namespace base {
class Counters;
}
namespace db {
class Database;
}

/// The variables of this process' environment that start with "EPICS" or "IOCHRON".
[[nodiscard]] std::map<std::string, std::string> epics_environment();

struct IocSettings {
    /// Put before the name of each record made in code, with a colon: "TEST" makes "TEST:AI". Not for loaded files.
    std::string prefix{};
    /// EPICS_CAS_*, EPICS_CA_* as they mean to EPICS (ports, interfaces, beacons); IOCHRON_LOG=debug|info|warning|error
    /// says which log lines are written.
    std::map<std::string, std::string> environment = epics_environment();
    base::Limits limits{};
    /// The only core that the IOC's shard may run on; -1: any.
    int cpu = -1;
    /// Where log lines go; null: standard error.
    std::shared_ptr<base::Log> log{};
    /// False: records, but no server of that protocol.
    bool serve_ca = true;
    bool serve_pva = true;
};

using Macros = std::vector<std::pair<std::string, std::string>>;

/// An IOC: records, made in code or loaded from .db files, served over Channel Access and pvAccess. Several may live in
/// one process, each with a shard (thread) and a server of its own.
///
///     iochron::Ioc ioc{{.prefix = "TEST"}};
///     auto ai = ioc.ai("AI", {.egu = "mm", .prec = 3});
///     auto ao = ioc.ao("AO", {.on_update = [&](double v) { ai.set(v); }});
///     ioc.every(10ms, [&, n = 0.0]() mutable { ai.set(++n); });
///     ioc.run();
///
/// User code (on_update, every) runs on one thread of the IOC's own, never on its shard, so it may block without
/// stopping scans or clients. What it throws is logged and becomes an alarm; the record is released.
/// Thread: any, but building (everything before start()) is for one thread
class Ioc {
  public:
    explicit Ioc(IocSettings settings = {});
    Ioc(const Ioc&) = delete;
    Ioc& operator=(const Ioc&) = delete;
    ~Ioc(); ///< stop()

    // Building. Each throws base::Problem, which says what was wrong and what to do, and changes nothing then.

    AiRecord ai(std::string_view name, const AiFields& fields = {});
    AoRecord ao(std::string_view name, const AoFields& fields = {});
    LonginRecord longin(std::string_view name, const LonginFields& fields = {});
    LongoutRecord longout(std::string_view name, const LongoutFields& fields = {});
    BiRecord bi(std::string_view name, const BiFields& fields = {});
    BoRecord bo(std::string_view name, const BoFields& fields = {});
    StringinRecord stringin(std::string_view name, const StringinFields& fields = {});
    WaveformRecord waveform(std::string_view name, const WaveformFields& fields = {});
    CalcRecord calc(std::string_view name, const CalcFields& fields = {});

    /// Adds a device kind, a choice of DTYP for records that are made or loaded afterwards. It holds for all its types
    /// alike; no type of its list may have one of that name already.
    void device(DeviceKind kind);

    /// Loads a .db file (or a .substitutions file); `path` is searched for in EPICS_DB_INCLUDE_PATH too.
    void load(const std::string& path, const Macros& macros = {});
    /// The same with the macros as dbLoadRecords takes them: "P=TEST,N=1".
    void load(const std::string& path, std::string_view macros);
    /// The same for text in memory; `file` is its name in messages.
    void load_text(std::string_view text, const std::string& file, std::string_view macros = {});

    /// Loads a file of groups, as dbLoadGroup of QSRV 2 does: records shown as one structure over pvAccess. They come
    /// to be at start(), with those of the records' info(Q:group, ...); what is wrong with one is logged then. The same
    /// file with the same macros, loaded again, takes the place of the first.
    void load_groups(const std::string& path, std::string_view macros = {});
    /// Forgets that file, with these macros; "*" forgets all.
    void forget_groups(const std::string& path, std::string_view macros = {});

    /// Whether the groups are as they should be, as far as can be told before start(); logs what is not.
    [[nodiscard]] bool check_groups();

    /// Calls `call` on the user thread every `period`, on an absolute grid that does not drift. While one call is not
    /// done the next is held back: it starts late, or is skipped and counted when a whole period has passed.
    void every(std::chrono::nanoseconds period, std::function<void()> call);

    /// Sets a variable as epicsEnvSet does: for servers and files, from now on. Not in this process' environment.
    void set_environment(const std::string& name, const std::string& value);

    // Running.

    /// iocInit: processes the records with PINI, starts scans and the server. Throws base::Problem where a port or an
    /// interface cannot be had.
    void start();
    [[nodiscard]] bool started() const;
    /// Holds scans and every() back; clients are still served. resume() goes on, on the same grid.
    void pause();
    void resume();
    /// Ends clients, then scans, then the user thread. Not to be called by user code that runs on it.
    void stop();
    /// start(), unless it was, then waits for SIGINT or SIGTERM, and stop().
    void run();

    /// The TCP port that clients are served on; 0 before start() or without a server.
    [[nodiscard]] std::uint16_t ca_port() const;
    /// The same of the pvAccess server.
    [[nodiscard]] std::uint16_t pva_port() const;
    /// The records as a .db file which, loaded again, makes the same IOC.
    [[nodiscard]] std::string db_text();
    /// All counts by name.
    [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const;
    /// What the Channel Access server has to report: circuits, channels, subscriptions, from level 0 (sums) to 2.
    [[nodiscard]] std::string ca_report(int level);
    /// The same of the pvAccess server, for `pvasr`.
    [[nodiscard]] std::string pva_report(int level);
    /// The groups whose names match the pattern (all of an empty one), as `pvxgl` shows them: from level 0 (names)
    /// to 2.
    [[nodiscard]] std::string groups_text(int level, std::string_view pattern);
    [[nodiscard]] base::Log& log();

    /// Runs `use` with the records on the IOC's shard and waits for its end: for the shell, and for what has no call
    /// above. It must not block. What it throws is thrown here.
    void with_database(const std::function<void(db::Database&)>& use);

    struct State; ///< private to the room ioc
  private:
    friend class RecordHandle;
    std::unique_ptr<State> state_;
};

} // namespace iochron
