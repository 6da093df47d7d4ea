// Writes of several channels that are all made or none.
#include "db/core.h"
#include "db/record_fields.h"

namespace iochron::db {

namespace {

constexpr FieldIndex field_of(FieldIndex key)
{
    return key & static_cast<FieldIndex>(~long_string);
}

/// A channel's record and field, for as long as a write of several takes.
struct Aim {
    Record* record = nullptr;
    const Field* field = nullptr;
};

std::expected<std::vector<Aim>, WriteRefusal> check(Core& core, std::span<const WritePart> parts)
{
    std::vector<Aim> aims;
    aims.reserve(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Channel* const channel = core.channels.find(parts[i].channel);
        if (channel == nullptr) {
            return std::unexpected(WriteRefusal{i, {pv::Outcome::no_such_channel, "the channel is closed"}});
        }
        Record& record = core.records[channel->record];
        const Field& field = core.field(record, field_of(channel->field));
        aims.push_back({&record, &field});
        pv::Status status =
            parts[i].value.empty() ? core.accepts_puts(record, field) : core.try_put(record, field, parts[i].value);
        if (!status.ok()) {
            return std::unexpected(WriteRefusal{i, std::move(status)});
        }
    }
    return aims;
}

/// A busy record processes when it is free, which `waits` is told then. Gives how many completions there are for that.
std::size_t process_for(Core& core, Record& record, const LatePut* waits)
{
    if (!record.is(flag_pact)) {
        record.set(flag_putf);
        core.process(record);
        return 0;
    }
    if (waits == nullptr) {
        record.set(flag_rpro);
        return 0;
    }
    core.waits.queue(record, *waits);
    return 1;
}

} // namespace

pv::Status Core::try_put(Record& record, const Field& field, const pv::Value& value)
{
    if (pv::Status status = accepts_puts(record, field); !status.ok()) {
        return status;
    }
    const auto stored = storable(record, field, value);
    if (!stored) {
        return stored.error();
    }
    if (is_link(field.type)) {
        const auto link = make_link(record, field, stored->text());
        if (!link) {
            return {pv::Outcome::put_failed, link.error()};
        }
        std::string wrong = started ? misfit(record, field, *link) : std::string();
        drop_link(*link);
        return wrong.empty() ? pv::Status{} : pv::Status{pv::Outcome::put_failed, std::move(wrong)};
    }
    if (field.index == type(record).value_field || shape(record, field)) {
        return {};
    }
    // What only the store finds out (an expression that does not compile, a LINR that is not there): stored, and taken
    // back. Only of fields whose store does nothing else.
    if (field.special == Special::type || field.type == Dbf::string) {
        const pv::Value before = get(record, field);
        pv::Status status = store(record, field, *stored);
        if (status.ok()) {
            (void)store(record, field, before); // it was so before
        }
        return status;
    }
    return {};
}

void Database::together(const std::function<void()>& work)
{
    const Entry entry(*core_);
    work();
}

std::expected<std::size_t, WriteRefusal> Database::write_all(std::span<const WritePart> parts,
                                                             pv::Processing processing, bool wait, pv::Token token,
                                                             const pv::Peer& peer, pv::Sink& sink)
{
    Core& core = *core_;
    const Entry entry(core);
    const auto aims = check(core, parts);
    if (!aims) {
        return std::unexpected(aims.error());
    }
    const pv::Peer* const outer_asker = std::exchange(core.asker, &peer);
    const LatePut told{.request = {.token = token, .value = {}}, .sink = &sink, .writes = false};
    const base::Handle mine = wait ? core.waits.begin(told) : base::Handle{};
    const base::Handle outer = std::exchange(core.wait, wait ? mine : core.wait);
    std::size_t completions = wait ? 1 : 0;
    std::optional<WriteRefusal> failed;
    for (std::size_t i = 0; i < parts.size() && !failed; ++i) {
        const auto [record, field] = (*aims)[i];
        pv::Status status = parts[i].value.empty() ? pv::Status{} : core.put(*record, *field, parts[i].value);
        if (!status.ok()) { // no record of this room refuses here what try_put() let pass
            status.text += i > 0 ? "; the parts before it were written" : "";
            failed = {i, std::move(status)};
        } else if (core.would_process(*record, *field, {.value = {}, .processing = processing, .wait = wait})) {
            completions += process_for(core, *record, wait ? &told : nullptr);
        }
    }
    core.wait = outer;
    core.asker = outer_asker;
    if (failed) {
        core.waits.cancel({}, token, &sink);
        return std::unexpected(std::move(*failed));
    }
    if (wait) {
        core.release(mine);
    }
    return completions;
}

} // namespace iochron::db
