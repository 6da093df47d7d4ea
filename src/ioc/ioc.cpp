#include "ioc/ioc.h"

#include "base/problem.h"
#include "db/load/loader.h"
#include "ioc/db_text.h"
#include "ioc/disk_files.h"
#include "ioc/environment.h"
#include "ioc/field_texts.h"
#include "ioc/state.h"
#include "ioc/until_signal.h"
#include "ioc/within_memory.h"
#include "reactor/memory.h"
#include "reactor/spdlog_log.h"

#include <fmt/format.h>

#include <exception>
#include <future>

namespace iochron {
namespace {

/// How many pushed values may wait for the shard before those of one record take each other's place: 64 bytes each,
/// so a sixteenth of what all output of the process may take.
constexpr std::size_t pushed_value_bytes = 64;
constexpr std::size_t share_of_pushes = 16;

/// As IOCHRON_LOG says: debug, info (also when it is not set), warning or error.
std::shared_ptr<base::Log> own_log(const std::map<std::string, std::string>& environment)
{
    static const std::map<std::string, base::Level> levels = {{"debug", base::Level::debug},
                                                              {"info", base::Level::info},
                                                              {"warning", base::Level::warning},
                                                              {"error", base::Level::error}};
    const auto wanted = environment.find("IOCHRON_LOG");
    const auto level = wanted != environment.end() ? levels.find(wanted->second) : levels.end();
    auto log = std::make_shared<reactor::SpdlogLog>(
        reactor::LogSettings{.level = level != levels.end() ? level->second : base::Level::info});
    if (wanted != environment.end() && level == levels.end()) {
        log->warning("ioc.environment", "IOCHRON_LOG={} is none of debug, info, warning, error; info is taken",
                     wanted->second);
    }
    return log;
}

/// Runs user code; what it throws becomes a failed put with its words.
template <class F>
pv::Status outcome_of(F call)
{
    try {
        call();
        return {};
    } catch (const std::exception& error) {
        return {pv::Outcome::put_failed, error.what()};
    } catch (...) {
        return {pv::Outcome::put_failed, "user code threw something that is no std::exception"};
    }
}

} // namespace

std::map<std::string, std::string> epics_environment()
{
    auto all = ioc::process_environment();
    std::erase_if(all, [](const auto& variable) {
        return !variable.first.starts_with("EPICS") && !variable.first.starts_with("IOCHRON");
    });
    return all;
}

Ioc::State::State(IocSettings given)
    : settings(std::move(given)), log(settings.log ? settings.log : own_log(settings.environment)),
      shard({.name = "ioc", .cpu = settings.cpu}),
      database({.clock = clock,
                .log = *log,
                .counters = counters,
                .limits = settings.limits,
                .variable = [this](const std::string& name) { return set_variable(name); },
                .print = ioc::print_line,
                .network = [this] { return &network(); }}),
      ticks_late(counters.get("ioc.ticks_late")), ticks_skipped(counters.get("ioc.ticks_skipped")),
      user([this](std::exception_ptr thrown) {
          const pv::Status status = outcome_of([&] { std::rethrow_exception(thrown); });
          log->error("ioc.user", "user code threw: {}", status.text);
      }),
      pushes(shard, settings.limits.process_output_bytes / share_of_pushes / pushed_value_bytes,
             [this](std::span<std::pair<std::uint32_t, Setting>> settings) { set(settings); }),
      budget(settings.limits.process_output_bytes)
{}

void Ioc::State::load(const std::string& path, const db::load::Macros& macros)
{
    building();
    ioc::DiskFiles files(settings.limits);
    const db::load::SearchPath search(variable("EPICS_DB_INCLUDE_PATH"));
    const db::load::Reading reading{files, macros, search, settings.limits};
    if (path.ends_with(".substitutions") || path.ends_with(".sub") || path.ends_with(".subs")) {
        db::load::load_substitutions(database, path, reading, *log);
    } else {
        db::load::load_db(database, path, reading, *log);
    }
}

void Ioc::State::tell(const std::vector<std::string>& problems) const
{
    for (const std::string& problem : problems) {
        log->warning("ioc.environment", "{}", problem);
    }
}

void Ioc::State::open_ca()
{
    const auto parsed = server::ca::parse_settings(environment());
    tell(parsed.problems);
    if (!parsed.settings.enabled) {
        return;
    }
    auto opened = server::ca::Server::open(
        shard, parsed.settings,
        {.sources = {&database}, .log = *log, .counters = counters, .budget = budget, .limits = settings.limits});
    if (!opened) {
        throw base::Problem(opened.error());
    }
    ca = std::move(*opened);
}

void Ioc::State::open_pva()
{
    const auto parsed = server::pva::parse_settings(environment());
    tell(parsed.problems);
    if (!parsed.settings.enabled) {
        return;
    }
    auto opened = server::pva::Server::open(shard, parsed.settings,
                                            {.sources = {&database, &groups},
                                             .log = *log,
                                             .counters = counters,
                                             .budget = budget,
                                             .limits = settings.limits,
                                             .names = [this] {
                                                 std::vector<std::string> names = groups.names();
                                                 for (const db::RecordId record : database.records({})) {
                                                     names.emplace_back(database.name(record));
                                                 }
                                                 return names;
                                             }});
    if (!opened) {
        throw base::Problem(opened.error());
    }
    pva = std::move(*opened);
}

void Ioc::State::building() const
{
    if (running) {
        throw base::Problem("the IOC has started: records are made and loaded before start()");
    }
}

db::RecordId Ioc::State::create(std::string_view type, std::string_view name, const ioc::FieldTexts& fields)
{
    building();
    const std::string full = settings.prefix.empty() ? std::string(name) : fmt::format("{}:{}", settings.prefix, name);
    if (database.find(full)) {
        throw base::Problem(fmt::format("there is a record '{}' already", full));
    }
    database.begin();
    const auto fail = [&](const std::string& why) {
        database.abort();
        throw base::Problem(fmt::format("{} record '{}': {}", type, full, why));
    };
    const auto record = database.create(type, full);
    if (!record) {
        fail(record.error());
    }
    for (const auto& [field, text] : fields) {
        if (const auto put = database.put_text(*record, field, text); !put) {
            fail(fmt::format("field {}: {}", field, put.error()));
        }
    }
    database.commit();
    return *record;
}

void Ioc::State::on_update(db::RecordId record, std::function<void(const pv::Value&)> update)
{
    const auto shared = std::make_shared<const std::function<void(const pv::Value&)>>(std::move(update));
    database.on_output(record, [this, shared](db::RecordId id, const pv::Value& value) {
        user.submit([this, shared, id, value] {
            const pv::Status status = outcome_of([&] { (*shared)(value); });
            if (!status.ok()) {
                log->error("ioc.user", "{}: on_update threw: {}", database.name(id), status.text);
            }
            shard.post([this, id, status] { database.complete(id, status); });
        });
    });
}

Ioc::Ioc(IocSettings settings)
{
    settings.limits = ioc::within_memory(settings.limits, reactor::memory_bytes());
    state_ = std::make_unique<State>(std::move(settings));
}

Ioc::~Ioc()
{
    stop();
    state_->gate->close();
}

void Ioc::load(const std::string& path, const Macros& macros)
{
    db::load::Macros given;
    for (const auto& [name, value] : macros) {
        given.set(name, value);
    }
    state_->load(path, given);
}

void Ioc::load(const std::string& path, std::string_view macros)
{
    state_->load(path, db::load::Macros(macros));
}

void Ioc::load_text(std::string_view text, const std::string& file, std::string_view macros)
{
    State& s = *state_;
    s.building();
    ioc::DiskFiles files(s.settings.limits); // for what the text includes
    const db::load::Macros given(macros);
    const db::load::SearchPath search(s.variable("EPICS_DB_INCLUDE_PATH"));
    db::load::load_db_text(s.database, file, text, {files, given, search, s.settings.limits}, *s.log);
}

void Ioc::every(std::chrono::nanoseconds period, std::function<void()> call)
{
    if (period <= std::chrono::nanoseconds::zero()) {
        throw base::Problem("every() wants a period above zero");
    }
    state_->shard.call([&] {
        ioc::Ticker& ticker =
            state_->tickers.emplace_back(state_->shard, state_->user, period, std::move(call),
                                         ioc::Ticker::Counts{state_->ticks_late, state_->ticks_skipped});
        if (state_->running) {
            ticker.start(state_->shard.refresh());
        }
    });
}

void Ioc::start()
{
    state_->building();
    State& s = *state_;
    s.init_devices();
    if (s.settings.serve_ca) {
        s.open_ca();
    }
    if (s.settings.serve_pva) {
        s.open_pva();
    }
    s.running = true;
    s.database.start(s.shard.refresh());
    s.build_groups();
    s.shard.add(s);
    for (ioc::Ticker& ticker : s.tickers) {
        ticker.start(s.shard.now());
    }
    s.user.start();
    s.shard.start();
}

bool Ioc::started() const
{
    return state_->running;
}

void Ioc::pause()
{
    state_->shard.call([this] {
        state_->paused = true;
        for (ioc::Ticker& ticker : state_->tickers) {
            ticker.pause();
        }
    });
}

void Ioc::resume()
{
    state_->shard.call([this] {
        state_->paused = false;
        for (ioc::Ticker& ticker : state_->tickers) {
            ticker.resume(state_->shard.now());
        }
    });
}

void Ioc::stop()
{
    if (!state_->running) {
        return;
    }
    state_->shard.call([this] {
        state_->pva.reset();
        state_->ca.reset();
        state_->database.leave_network();
        state_->client.reset();
    });
    state_->shard.stop();
    state_->shard.join();
    state_->shard.remove(*state_);
    state_->user.stop();
    state_->running = false;
}

void Ioc::run()
{
    if (!started()) {
        start();
    }
    ioc::until_signal();
    stop();
}

std::uint16_t Ioc::ca_port() const
{
    return state_->ca ? state_->ca->port() : 0;
}

std::uint16_t Ioc::pva_port() const
{
    return state_->pva ? state_->pva->port() : 0;
}

std::string Ioc::ca_report(int level)
{
    return state_->report(state_->ca, level, "no Channel Access server runs\n");
}

std::string Ioc::pva_report(int level)
{
    return state_->report(state_->pva, level, "no pvAccess server runs\n");
}

std::string Ioc::db_text()
{
    std::string text;
    with_database([&](db::Database& database) { text = ioc::db_text(database); });
    return text;
}

std::vector<std::pair<std::string, std::uint64_t>> Ioc::counters() const
{
    std::vector<std::pair<std::string, std::uint64_t>> all;
    state_->counters.each([&](std::string_view name, std::uint64_t count) { all.emplace_back(name, count); });
    return all;
}

base::Log& Ioc::log()
{
    return *state_->log;
}

void Ioc::with_database(const std::function<void(db::Database&)>& use)
{
    state_->shard.call([&] { use(state_->database); });
}

} // namespace iochron
