#include "db/core.h"
#include "db/filter.h"

#include "db/cycle.h"
#include "db/record_fields.h"
#include "db/simulation.h"
#include "db/types/all.h"

#include <fmt/format.h>

#include <map>

namespace iochron::db {

namespace {

/// Records that asked to be processed during a call are processed at its end, but no more than this.
constexpr std::size_t triggers_per_call = 256;

} // namespace

Core::Core(const Surroundings& given)
    : with(given), processed(given.counters.get("db.processed")),
      nested_too_deep(given.counters.get("db.nested_too_deep")), types(all_types().begin(), all_types().end()),
      records(given.memory), posts(given.counters.get("db.posted")),
      scans(given.counters.get("db.scans_late"), given.counters.get("db.scans_skipped")),
      triggers(given.counters.get("db.triggers_merged")), remotes(*this)
{
    for (const RecordType* type : types) {
        devices.push_back(type->devices);
    }
}

Core::~Core() = default;

void Core::settle()
{
    if (started) {
        run_restarts(triggers_per_call);
        run_triggers(triggers_per_call);
        remotes.flush();
    }
    do {
        for (const Ended& end : std::exchange(ended, {})) {
            posts.flush(*end.sink);
            posts.touch(*end.sink);
            end.sink->completed(end.token, end.status, nullptr);
        }
        posts.settle();
    } while (!ended.empty() || posts.active());
    processed.add(std::exchange(processed_now, 0));
    if (wake && !advancing &&
        (replanned || !triggers.empty() || !restarts.empty() || !finished.empty() || delays.wants_start())) {
        replanned = false;
        wake();
    }
}

void Core::release(Record& record)
{
    for (const Field& field : type(record).fields) {
        if (field.get_link != nullptr) {
            drop_link(field.get_link(*this, record, field));
        }
    }
    if (type(record).release != nullptr) {
        type(record).release(*this, record);
    }
    cold.clear(record);
    infos.erase(record.id);
}

void Core::drop_misfits()
{
    for (std::uint32_t i = 1; i < links.end(); ++i) {
        const LinkId id{i};
        if (links[id].kind == LinkKind::none) {
            continue;
        }
        Record& owner = records[links[id].owner];
        const Field& field = this->field(owner, links[id].owner_field);
        if (const std::string wrong = misfit(owner, field, id); !wrong.empty()) {
            with.log.error("db.link", "{}.{}: {}; the link stays empty", name(owner), field.name, wrong);
            field.set_link(*this, owner, field, no_link);
            drop_link(id);
        }
    }
}

void Core::resolve_links()
{
    drop_misfits();
    for (std::uint32_t i = 1; i < links.end(); ++i) {
        const LinkId id{i};
        if (links[id].kind != LinkKind::wanted) {
            continue;
        }
        resolve(id, true);
        if (links[id].kind == LinkKind::wanted) {
            const Record& owner = records[links[id].owner];
            with.log.warning("db.link", "{}.{}: there is no '{}' in this database, so the link stays unconnected",
                             name(owner), field(owner, links[id].owner_field).name, links.text(id));
        }
    }
}

void Core::init_records()
{
    records.each([this](Record& record) {
        update_flags(record);
        if (record.is(flag_udf) && record.stat == pv::AlarmStatus::udf) {
            record.sevr = static_cast<pv::Severity>(cold_number(record, field_udfs));
        }
        init_simulation(*this, record);
        type(record).init(*this, record);
        if (const auto init = devices[record.type].empty() ? nullptr : device(record).init) {
            init(*this, record);
        }
    });
    for (std::uint32_t i = 1; i < links.end(); ++i) {
        if (links[LinkId{i}].kind == LinkKind::none) {
            continue;
        }
        adapt_to_device(LinkId{i});
        listen(LinkId{i});
        if (links[LinkId{i}].is(link_listens)) {
            trigger(LinkId{i});
        }
    }
}

void Core::process_at_start()
{
    for (const Pini when : {Pini::yes, Pini::run, Pini::running}) {
        std::map<std::int16_t, std::vector<RecordId>> phases;
        records.each([&](const Record& record) {
            if (record.cold != 0 && cold_number(record, field_pini) == static_cast<double>(when)) {
                phases[record.phas].push_back(record.id);
            }
        });
        for (const auto& [phase, ids] : phases) {
            for (const RecordId id : ids) {
                process(records[id]);
            }
        }
    }
}

} // namespace iochron::db
